// What the pages need beyond HTML and htmx. Everything also works without it.
(() => {
  "use strict";

  // Menus are <details>: close them on a click elsewhere and on Escape.
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu !== except && !menu.contains(except)) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // Empty filters stay out of the address.
  document.addEventListener("formdata", (event) => {
    if (event.target.method !== "get") return;
    for (const [name, value] of [...event.formData]) {
      if (value === "") event.formData.delete(name);
    }
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") return;
    const data = event.detail.parameters;
    for (const name of Object.keys(data)) {
      if (data[name] === "") delete data[name];
    }
  });

  // What a page asks by itself, by clock or on being shown, says so: nobody is at the desk for it,
  // so it does not keep a session alive.
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.detail.triggeringEvent) event.detail.headers["X-By-Itself"] = "1";
  });

  // Back from another page: what the browser kept of this one may be another person's by now.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });

  // A session that has ended answers a part of a page with the log-in page: load it whole.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const answer = event.detail.xhr;
    if (answer.responseURL && new URL(answer.responseURL).pathname.endsWith("/login/")) {
      event.detail.shouldSwap = false;
      window.location.reload();
    }
  });

  // A request that fails says so; the page stays as it was.
  const failed = () => {
    const line = document.getElementById("failed");
    if (!line) return;
    line.hidden = false;
    window.setTimeout(() => {
      line.hidden = true;
    }, 8000);
  };
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:timeout", failed);

  // <textarea maxlength data-count="id of an output">: how many characters are there.
  const count = (area) => {
    const output = document.getElementById(area.dataset.count);
    if (output) output.textContent = `${[...area.value].length}/${area.dataset.limit}`;
  };
  const countAll = () => document.querySelectorAll("textarea[data-count]").forEach(count);
  document.addEventListener("input", (event) => {
    if (event.target.matches("textarea[data-count]")) count(event.target);
  });
  document.addEventListener("htmx:afterSettle", countAll);
  countAll();

  // <button data-tick-all="id of a form">: ticks all boxes of that form beside it, or none again;
  // <strong data-ticked="id of a form">: how many are ticked.
  // A box named "all" stands for the rows of every page, and is none of this page's.
  const boxesOf = (form, part) => [
    ...part.querySelectorAll(`input[type="checkbox"][form="${form}"]:not([name="all"])`),
  ];
  const boxesBeside = (button) => {
    let part = button.parentElement;
    while (part && !boxesOf(button.dataset.tickAll, part).length) part = part.parentElement;
    return part ? boxesOf(button.dataset.tickAll, part) : [];
  };
  const countTicked = () => {
    for (const button of document.querySelectorAll("[data-tick-all]")) {
      button.hidden = boxesBeside(button).length < 2;
    }
    for (const output of document.querySelectorAll("[data-ticked]")) {
      const ticked = boxesOf(output.dataset.ticked, document).filter((box) => box.checked);
      output.textContent = ticked.length || "";
    }
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-tick-all]");
    if (!button) return;
    const boxes = boxesBeside(button);
    const tick = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = tick;
    countTicked();
  });
  document.addEventListener("change", countTicked);
  document.addEventListener("htmx:afterSettle", countTicked);
  countTicked();

  // The error summary takes the focus, so that a screen reader reads it first.
  document.getElementById("error-summary")?.focus();

  // <button data-print>
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
})();
