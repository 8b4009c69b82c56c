// The progress form saves itself as a draft: half a minute after a change, and on leaving. Saving
// names the version; where another has saved meanwhile nothing is overwritten, and the page says so.
// 带入上季度 fills in a field from last quarter's text without sending the form.
(() => {
  "use strict";
  const form = document.getElementById("fill");
  const saved = document.getElementById("saved");
  if (!form || !saved || !window.fetch) return;
  const WAIT = 30000;
  const MOST_KEPT_ALIVE = 60000; // bytes that a browser still sends from a page that is left
  const problem = document.getElementById("not-saved");
  let edits = 0;
  let savedEdits = 0;
  let timer = 0;
  let busy = false;
  let stopped = false;
  let leftUnanswered = false;

  for (const button of form.querySelectorAll("[data-carry]")) {
    button.addEventListener("click", (event) => {
      const field = document.getElementById(button.dataset.carry);
      if (!field) return;
      event.preventDefault();
      const text = button.dataset.text;
      const isText = field.tagName === "TEXTAREA";
      const own = field.value.trim();
      field.value = isText && own && own !== text ? `${own}\n${text}` : text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    });
  }
  if (!("autosave" in form.dataset)) return;

  const body = () => {
    const data = new FormData(form);
    data.delete("evidence"); // files go with a button alone
    data.set("action", "autosave");
    return data;
  };
  const values = () => {
    const found = {};
    for (const input of form.elements) {
      if (input.name && !["hidden", "submit", "file", "radio"].includes(input.type)) {
        found[input.name] = input.type === "checkbox" ? input.checked : input.value;
      }
    }
    return found;
  };
  const isShort = () => JSON.stringify(values()).length * 3 < MOST_KEPT_ALIVE;
  const tell = (text) => {
    if (!problem) return;
    problem.querySelector("span").textContent = text;
    problem.hidden = !text;
  };
  const done = (answer, upto, sent) => {
    form.elements.version.value = String(answer.version);
    savedEdits = upto;
    leftUnanswered = false;
    tell("");
    if (edits !== upto) return;
    saved.textContent = answer.told;
    form.dispatchEvent(new CustomEvent("saved", { detail: { values: sent, told: answer.told } }));
  };
  const save = (isLeaving) => {
    window.clearTimeout(timer);
    timer = 0;
    if (busy || stopped || edits === savedEdits) return;
    const upto = edits;
    const sent = values();
    busy = true;
    leftUnanswered = isLeaving;
    fetch(form.getAttribute("action") || location.pathname, {
      method: "POST",
      body: body(),
      credentials: "same-origin",
      redirect: "manual",
      keepalive: isLeaving && isShort(),
      headers: { Accept: "application/json" },
    })
      .then((response) => {
        const isJson = (response.headers.get("Content-Type") || "").includes("json");
        return isJson ? response.json().then((answer) => ({ status: response.status, answer })) : null;
      })
      .then((got) => {
        if (!got) return; // logged out, or no server: the text stays in the browser (keep.js)
        if (got.status === 200) done(got.answer, upto, sent);
        if (got.status === 409) {
          stopped = true; // to go on is the person's choice, with both texts before them
          tell(got.answer.told);
        }
      })
      .catch(() => undefined)
      .finally(() => {
        busy = false;
        if (edits !== savedEdits && !timer) timer = window.setTimeout(save, WAIT, false);
      });
  };

  form.addEventListener("input", (event) => {
    if (event.target.type === "file" || event.target.type === "radio") return;
    edits += 1;
    if (!timer) timer = window.setTimeout(save, WAIT, false);
  });
  form.addEventListener("submit", () => {
    stopped = true;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save(true);
  });
  window.addEventListener("pageshow", (event) => {
    // Back from the browser's memory, the version may be older than what leaving has saved.
    if (event.persisted && (leftUnanswered || stopped)) location.reload();
  });
})();
