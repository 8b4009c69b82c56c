// Before a report is sent, asks whether the server answers. Where it does not, nothing is sent:
// the page stays, says so, and keeps what was typed (keep.js); later the same button sends it.
(() => {
  "use strict";
  const PATIENCE = 8000;
  const FORMS = "#fill, [data-quick]";
  const answered = new WeakSet();
  const waiting = new WeakSet();

  const answers = (address) => {
    const stop = new AbortController();
    const timer = window.setTimeout(() => stop.abort(), PATIENCE);
    const wanted = { method: "HEAD", cache: "no-store", redirect: "manual", credentials: "omit", signal: stop.signal };
    // Without cookies: asking must not end a session that the form itself is to find ended.
    return fetch(address, wanted)
      .then((response) => response.status < 500)
      .catch(() => false)
      .finally(() => window.clearTimeout(timer));
  };
  const tell = (form, isLost) => {
    const note = form.querySelector("[data-no-answer]");
    if (note) note.hidden = !isLost;
  };

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!form.matches(FORMS) || !window.fetch || !form.requestSubmit) return;
      if (answered.has(form)) {
        answered.delete(form);
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation(); // the form's own script takes it for sent
      if (waiting.has(form)) return;
      waiting.add(form);
      const button = event.submitter;
      if (button) button.setAttribute("aria-busy", "true");
      answers(form.getAttribute("action") || location.href).then((isThere) => {
        waiting.delete(form);
        if (button) button.removeAttribute("aria-busy");
        tell(form, !isThere);
        if (isThere) {
          answered.add(form);
          form.requestSubmit(button);
        } else {
          form.dispatchEvent(new Event("input", { bubbles: true })); // is kept
        }
      });
    },
    true,
  );
  window.addEventListener("offline", () => {
    document.querySelectorAll(FORMS).forEach((form) => {
      if (form.id === "fill" || form.parentElement.open) tell(form, true);
    });
  });
  window.addEventListener("online", () => {
    document.querySelectorAll(FORMS).forEach((form) => tell(form, false));
  });
})();
