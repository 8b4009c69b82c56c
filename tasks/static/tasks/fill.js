// The progress form: says when something is not saved, and asks before it is lost.
(() => {
  "use strict";
  const form = document.getElementById("fill");
  const saved = document.getElementById("saved");
  if (!form || !saved) return;
  let changed = false;
  form.addEventListener("input", () => {
    changed = true;
    saved.textContent = saved.dataset.unsaved;
  });
  form.addEventListener("submit", () => {
    changed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
})();
