// The review queue by keyboard: j (or n) and k move, a approves, r opens the reason.
(() => {
  "use strict";
  const press = {
    j: () => document.getElementById("next-report")?.click(),
    n: () => document.getElementById("next-report")?.click(),
    k: () => document.getElementById("previous-report")?.click(),
    a: () => document.getElementById("approve")?.focus(),
    r: () => {
      const box = document.getElementById("return-box");
      if (!box) return;
      box.open = true;
      box.querySelector("textarea").focus();
    },
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (document.documentElement.dataset.keys === "off") return; // turned off in the sheet of keys
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const action = press[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  // The report under review stands in view in a long queue, with the whole row at the list's top;
  // the page itself does not move, and neither does a list in which it is seen anyway.
  const list = document.querySelector(".review-list");
  const chosen = list && list.querySelector("[aria-current]");
  if (chosen && chosen.offsetTop + chosen.offsetHeight > list.clientHeight) list.scrollTop = chosen.offsetTop;
})();
