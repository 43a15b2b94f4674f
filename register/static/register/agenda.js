// Items of an agenda are dragged into another order; the buttons beside them do the same without a mouse.
const agenda = document.querySelector("[data-order]");
for (const item of agenda ? agenda.children : []) {
  item.draggable = true;
  item.addEventListener("dragstart", (event) => {
    event.dataTransfer.effectAllowed = "move";
    item.classList.add("moving");
  });
  item.addEventListener("dragend", () => item.classList.remove("moving"));
}
agenda?.addEventListener("dragover", (event) => {
  event.preventDefault();
  const over = event.target.closest("li");
  const moving = agenda.querySelector(".moving");
  if (!over || !moving || over === moving) return;
  const { top, height } = over.getBoundingClientRect();
  over[event.clientY < top + height / 2 ? "before" : "after"](moving);
});
agenda?.addEventListener("drop", (event) => {
  event.preventDefault();
  const form = document.getElementById(agenda.dataset.order);
  for (const item of agenda.children) {
    const place = document.createElement("input");
    place.type = "hidden";
    place.name = "item";
    place.value = item.dataset.item;
    form.append(place);
  }
  form.submit();
});
