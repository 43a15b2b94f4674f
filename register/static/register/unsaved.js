// Whoever leaves a form with unsaved text is asked first: a move is a link away from what was typed.
for (const form of document.querySelectorAll("#content form[method=post]")) {
  const asWas = new URLSearchParams(new FormData(form)).toString();
  let sent = false;
  form.addEventListener("submit", () => { sent = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!sent && new URLSearchParams(new FormData(form)).toString() !== asWas) event.preventDefault();
  });
}
// A link to a part that is folded opens it.
const unfold = () => document.querySelector("details:target")?.setAttribute("open", "");
window.addEventListener("hashchange", unfold);
unfold();
