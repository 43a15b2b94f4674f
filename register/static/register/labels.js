// select2 gives its boxes no name of their own: take it from the label of the field that each stands for.
// Registered after the admin's own start of select2, and so run after it.
window.django?.jQuery?.(() => {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const label = document.querySelector(`label[for="${select.id}"]`);
    const box = select.nextElementSibling?.querySelector(".select2-selection");
    if (!label || !box) continue;
    box.removeAttribute("aria-labelledby");
    box.setAttribute("aria-label", label.textContent.trim().replace(/:$/, ""));
    const shown = box.querySelector(".select2-selection__rendered");
    shown?.removeAttribute("role");
    shown?.removeAttribute("aria-readonly");
  }
});
