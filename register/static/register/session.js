// Says ten minutes before a sign-in ends that it does, and puts the end off without leaving the page.
const warning = document.getElementById("session-end");
let timer;
const wait = (seconds) => {
  clearTimeout(timer);
  timer = setTimeout(() => { warning.hidden = false; }, Math.max(0, (seconds - warning.dataset.before) * 1000));
};
warning?.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" } });
  if (!answer.ok || answer.redirected) return form.submit();
  warning.hidden = true;
  wait(warning.dataset.whole);
});
// A timer of more than 24 days would run at once.
if (warning && warning.dataset.left < 2_000_000) wait(warning.dataset.left);
