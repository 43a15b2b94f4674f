// One key presses what bears it, outside fields only; each person can switch the keys off (WCAG 2.2, 2.1.4).
const typing = "input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]";
const page = document.querySelector("[data-keys]");
document.addEventListener("keydown", (event) => {
  if (!page || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(typing)) return;
  const found = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!found) return;
  event.preventDefault();
  const folded = found.closest("details");
  if (found.matches("summary, details")) {
    folded.open = !folded.open;
    folded.querySelector("input, select, textarea")?.focus();
  } else {
    found.click();
  }
});
// Escape leaves a field, so that the keys work again.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.matches(typing)) event.target.blur();
});
for (const button of document.querySelectorAll("[data-duplicate]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const field = document.getElementById("id_merge-merged_into");
    field.closest("details").open = true;
    field.value = button.dataset.duplicate;
    document.getElementById("id_merge-reason").focus();
  });
}
document.querySelector(".problem")?.focus();
