// 本季度无新进展 on the workbench: a reason that was typed and not sent is kept (keep.js), in the
// shape of the whole form's, so that either page gives it back.
(() => {
  "use strict";
  if (!window.kept) return;
  const OWN = ["no_news", "progress", "percent"]; // what this form, too, sends
  const newName = () =>
    Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("");

  for (const form of document.querySelectorAll("[data-quick]")) {
    const key = form.dataset.quick;
    const name = newName();
    const reason = form.elements.progress;
    form.addEventListener("input", () => {
      const values = { no_news: true, progress: reason.value };
      if (reason.value.trim()) window.kept.write(key, { name, version: "0", at: Date.now(), values });
      else window.kept.drop(key);
    });
    form.addEventListener("formdata", (event) => event.formData.set("kept", name));
    form.parentElement.addEventListener("toggle", () => {
      if (form.parentElement.open) reason.focus();
    });
    const entry = window.kept.read(key);
    const values = entry && entry.values;
    if (!values || values.no_news !== true || !values.progress) continue;
    const more = Object.entries(values).some(([field, value]) => value && !OWN.includes(field));
    if (more) continue; // the form's own
    reason.value = String(values.progress);
    form.querySelector("[data-restored]").hidden = false;
    form.parentElement.open = true;
    window.kept.write(key, Object.assign({}, entry, { name }));
  }
  for (const mark of document.querySelectorAll("[data-kept-mark]")) {
    mark.hidden = !window.kept.read(mark.dataset.keptMark);
  }
})();
