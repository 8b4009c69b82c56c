// The progress form: says when something is not saved, asks before it is lost, and keeps it in
// this browser (keep.js) until it is saved.
(() => {
  "use strict";
  const form = document.getElementById("fill");
  const saved = document.getElementById("saved");
  const note = document.getElementById("kept");
  if (!form || !saved || !note || !window.kept) return;
  const key = form.dataset.keep;
  let savedText = saved.textContent;
  const name = Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) =>
    part.toString(36),
  ).join("");
  const inputs = [...form.elements].filter(
    (input) => input.name && !["hidden", "submit", "file", "radio"].includes(input.type),
  );
  let changed = false;
  let waiting = 0;

  const values = () =>
    Object.fromEntries(
      inputs.map((input) => [input.name, input.type === "checkbox" ? input.checked : input.value]),
    );
  const asServed = () =>
    Object.fromEntries(
      inputs.map((input) => [
        input.name,
        input.type === "checkbox" ? input.defaultChecked : input.defaultValue,
      ]),
    );
  const fillIn = (from) => {
    for (const input of inputs) {
      if (!(input.name in from)) continue;
      if (input.type === "checkbox") input.checked = from[input.name] === true;
      else input.value = String(from[input.name]);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  const keep = () => {
    window.clearTimeout(waiting);
    waiting = 0;
    if (!changed) return;
    const version = form.elements.version.value;
    window.kept.write(key, { name, version, at: Date.now(), values: values() });
  };

  form.addEventListener("input", () => {
    changed = true;
    saved.textContent = saved.dataset.unsaved;
    if (!waiting) waiting = window.setTimeout(keep, 300);
  });
  form.addEventListener("formdata", (event) => event.formData.set("kept", name));
  form.addEventListener("submit", () => {
    keep();
    changed = false;
  });
  // fill-save.js has saved it: what is kept here, and what discarding returns to, is older.
  form.addEventListener("saved", (event) => {
    changed = false;
    window.clearTimeout(waiting);
    waiting = 0;
    window.kept.drop(key);
    note.hidden = true;
    savedText = event.detail.told;
    for (const input of inputs) {
      if (!(input.name in event.detail.values)) continue;
      if (input.type === "checkbox") input.defaultChecked = event.detail.values[input.name];
      else input.defaultValue = event.detail.values[input.name];
    }
  });
  window.addEventListener("pagehide", keep);
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });

  // What an earlier page kept. Text typed on the saved version that is still the newest comes
  // back by itself; where something newer has been saved, the person chooses.
  const show = (part, at) => {
    for (const line of note.querySelectorAll("[data-kept]")) {
      line.hidden = line.dataset.kept !== part;
    }
    document.getElementById("kept-restore").hidden = part !== "older";
    const moment = new Date(at);
    const two = (number) => String(number).padStart(2, "0");
    const day = [moment.getFullYear(), two(moment.getMonth() + 1), two(moment.getDate())].join("-");
    const time = note.querySelector("time");
    time.dateTime = moment.toISOString();
    time.textContent = `${day} ${two(moment.getHours())}:${two(moment.getMinutes())}`;
    note.hidden = false;
  };
  const restore = (entry) => {
    fillIn(entry.values);
    show("restored", entry.at);
  };
  const discard = () => {
    form.reset();
    fillIn(values()); // the counts of characters
    window.clearTimeout(waiting);
    waiting = 0;
    changed = false;
    saved.textContent = savedText;
    window.kept.drop(key);
    note.hidden = true;
  };
  document.getElementById("kept-discard").addEventListener("click", discard);

  const entry = window.kept.read(key);
  if (!("fresh" in form.dataset)) {
    // A page that came back with a fault or a clash holds what was typed: it is still unsaved.
    changed = true;
    saved.textContent = saved.dataset.unsaved;
    keep();
    return;
  }
  if (!entry || typeof entry.values !== "object" || entry.values === null) return;
  if (JSON.stringify(entry.values) === JSON.stringify(asServed())) {
    window.kept.drop(key);
  } else if (entry.version === form.elements.version.value) {
    restore(entry);
  } else {
    show("older", entry.at);
    document.getElementById("kept-restore").addEventListener("click", () => restore(entry));
  }
})();
