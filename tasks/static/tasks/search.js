// The first hits beneath the search box. Without this the box sends its form to the search page.
(() => {
  "use strict";

  const box = document.getElementById("top-search");
  const list = document.getElementById("top-hits");
  if (!box || !list) return;
  const PAUSE = 200; // ms after the last key
  let composing = false; // an input method is still at work on the word
  let timer = 0;

  const options = () => [...list.querySelectorAll("a[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");

  const choose = (option) => {
    const before = chosen();
    if (before) before.setAttribute("aria-selected", "false");
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      box.setAttribute("aria-activedescendant", option.id);
    } else {
      box.removeAttribute("aria-activedescendant");
    }
  };
  const show = (open) => {
    list.hidden = !open;
    box.setAttribute("aria-expanded", String(open));
    if (!open) choose(null);
  };
  const ask = () => {
    window.clearTimeout(timer);
    if (composing) return;
    timer = window.setTimeout(() => {
      if (box.value.trim()) box.dispatchEvent(new CustomEvent("words"));
      else show(false);
    }, PAUSE);
  };
  const move = (step) => {
    const all = options();
    if (!all.length) return;
    const at = all.indexOf(chosen()) + step;
    choose(at < -1 ? all[all.length - 1] : all[at] || null);
  };

  box.addEventListener("compositionstart", () => {
    composing = true;
  });
  box.addEventListener("compositionend", () => {
    composing = false;
    ask();
  });
  box.addEventListener("input", ask);
  box.addEventListener("focus", () => {
    if (box.value.trim() && list.childElementCount) show(true);
  });
  list.addEventListener("htmx:afterSwap", () => {
    box.removeAttribute("aria-activedescendant");
    show(document.activeElement === box && box.value.trim() !== "" && list.childElementCount > 0);
  });
  box.addEventListener("keydown", (event) => {
    if (composing || event.isComposing) return;
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (open) move(event.key === "ArrowDown" ? 1 : -1);
      else if (list.childElementCount && box.value.trim()) show(true);
    } else if (event.key === "Enter" && open && chosen()) {
      event.preventDefault();
      chosen().click();
    } else if (event.key === "Escape" && open) {
      event.preventDefault(); // it would also empty the box
      event.stopPropagation();
      show(false);
    }
  });
  // A click on a hit must not close the list before it is one.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  box.addEventListener("blur", () => show(false));
})();
