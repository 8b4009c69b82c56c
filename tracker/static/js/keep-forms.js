// Text typed into any form that is posted: a session that ended meanwhile loses none of it. The
// progress forms have ways of their own (tasks/fill.js, fill-quick.js). A form is named by person and address, or by
// data-keep. An entry goes when a page follows that shows the work was done.
(() => {
  "use strict";
  const person = document.body.dataset.person;
  const note = document.getElementById("kept-back");
  if (!window.kept || !note) return;
  const { keys, read, write, drop } = window.kept;
  const KINDS = ["text", "textarea", "number", "date", "email", "tel", "search", "url"];
  const NAME = "form"; // of these entries; the progress form names its own
  let waiting = 0;
  let pending = null;

  const isOurs = (form) =>
    form.method === "post" && form.id !== "fill" && !form.dataset.quick && (form.dataset.keep || form.querySelector("textarea"));
  const keyOf = (form) => `${person}:${form.dataset.keep || new URL(form.getAttribute("action") || "", location.href).pathname}`;
  const inputsOf = (form) =>
    [...form.elements].filter((input) => input.name && KINDS.includes(input.type));
  const typed = (form) => inputsOf(form).some((input) => input.value !== input.defaultValue);
  const ours = () => keys().filter((key) => read(key)?.name === NAME);

  const keep = (form, sent) => {
    window.clearTimeout(waiting);
    pending = null;
    if (!typed(form)) {
      if (!sent) drop(keyOf(form));
      return;
    }
    const values = inputsOf(form).map((input) => [input.name, input.value]);
    write(keyOf(form), { name: NAME, at: Date.now(), sent, values });
  };

  // Nobody is in: the session ended, and what was sent on the way here was not taken.
  const wasNotTaken = () => {
    for (const key of ours()) write(key, { ...read(key), sent: false });
  };
  if (!person || document.querySelector("main.bare")) {
    wasNotTaken();
    return;
  }
  for (const key of ours()) {
    if (read(key).sent) drop(key);
  }

  const restore = (form) => {
    const key = keyOf(form);
    const entry = read(key);
    if (!entry || entry.name !== NAME || !Array.isArray(entry.values)) return;
    const left = new Map();
    for (const [name, value] of entry.values) left.set(name, [...(left.get(name) ?? []), value]);
    let changed = false;
    for (const input of inputsOf(form)) {
      const value = left.get(input.name)?.shift();
      if (value === undefined || value === input.value) continue;
      input.value = String(value);
      input.dispatchEvent(new Event("input", { bubbles: true }));
      changed = true;
    }
    if (!changed) {
      drop(key);
      return;
    }
    const said = note.cloneNode(true);
    said.removeAttribute("id");
    said.hidden = false;
    form.prepend(said);
    const box = form.closest("details");
    if (box) box.open = true;
  };
  const restoreIn = (part) => {
    const forms = part.matches?.("form") ? [part] : part.querySelectorAll("form");
    for (const form of forms) {
      if (isOurs(form)) restore(form);
    }
  };

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form || !isOurs(form)) return;
    window.clearTimeout(waiting);
    pending = form;
    waiting = window.setTimeout(() => keep(form, false), 300);
  });
  document.addEventListener("submit", (event) => {
    if (isOurs(event.target)) keep(event.target, true);
  });
  window.addEventListener("pagehide", () => {
    if (pending) keep(pending, false);
  });
  document.addEventListener("htmx:responseError", wasNotTaken);
  document.addEventListener("htmx:sendError", wasNotTaken);
  document.addEventListener("htmx:load", (event) => {
    if (event.target !== document.body) restoreIn(event.target);
  });
  restoreIn(document.body);
})();
