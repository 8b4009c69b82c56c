// Choosing columns: buttons that move a column take the place of its number.
(() => {
  "use strict";

  const number = (list) => {
    [...list.children].forEach((row, place) => {
      row.querySelector(".columns-place").value = place + 1;
      row.querySelector('[data-move="up"]').disabled = !row.previousElementSibling;
      row.querySelector('[data-move="down"]').disabled = !row.nextElementSibling;
    });
  };

  const dress = () => {
    for (const list of document.querySelectorAll("[data-columns]:not([data-dressed])")) {
      list.dataset.dressed = "1";
      for (const input of list.querySelectorAll(".columns-place")) input.hidden = true;
      for (const button of list.querySelectorAll("[data-move]")) button.hidden = false;
      const form = list.closest("form");
      form.querySelector("[data-by-number]").hidden = true;
      form.querySelector("[data-by-arrows]").hidden = false;
      number(list);
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-columns] [data-move]");
    if (!button) return;
    const row = button.closest("li");
    const up = button.dataset.move === "up";
    const other = up ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (up) other.before(row);
    else other.after(row);
    number(row.parentElement);
    const next = button.disabled ? row.querySelector("[data-move]:not([disabled])") : button;
    if (next) next.focus();
  });
  document.addEventListener("htmx:afterSettle", dress);
  dress();
})();
