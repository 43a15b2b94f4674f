// One key presses what bears it, outside fields only; each person can switch the keys off (WCAG 2.2, 2.1.4).
const typing = "input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]";
const page = document.querySelector("[data-keys]");
// Where a page has rows, J and K go from one to the next, and a key first looks in the row that one is at.
const rows = [...document.querySelectorAll("[data-row]")];
const steps = { j: 1, k: -1 };
let row;
document.addEventListener("focusin", (event) => { row = event.target.closest("[data-row]") ?? row; });
const findBearer = (key) => {
  const bears = `[data-key="${CSS.escape(key)}"]`;
  return row?.querySelector(bears)
    ?? row?.closest("[data-place]").querySelector(`${bears}:not([data-row] *)`)
    ?? document.querySelector(`${bears}:not([data-place] *)`);
};
const goAlong = (step) => {
  const next = rows[Math.min(Math.max(rows.indexOf(row) + step, 0), rows.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "center" });
};
document.addEventListener("keydown", (event) => {
  if (!page || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(typing)) return;
  const key = event.key.toLowerCase();
  const found = findBearer(key);
  if (!found && !(rows.length && steps[key])) return;
  event.preventDefault();
  if (!found) return goAlong(steps[key]);
  const folded = found.closest("details");
  if (found.matches("summary, details")) {
    folded.open = !folded.open;
    folded.querySelector("input, select, textarea")?.focus();
  } else {
    found.click();
  }
});
// Of what decides about a row, one thing holds.
for (const each of rows) {
  each.addEventListener("change", ({ target }) => {
    if (!target.checked || !target.matches("[data-decides]")) return;
    for (const other of each.querySelectorAll("[data-decides]")) other.checked = other === target;
  });
}
// Escape leaves a field, so that the keys work again.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !event.target.matches(typing)) return;
  event.target.blur();
  event.target.closest("[data-row]")?.focus();
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
