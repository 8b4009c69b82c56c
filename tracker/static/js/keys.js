// Keys of every page: / to the search, j and k through a list, ? for what there is. Review has
// more of its own (tasks/review.js). Who types by voice or with one hand can turn them off.
(() => {
  "use strict";
  const OFF = "tanzetong:keys-off";
  const page = document.documentElement;
  const dialog = document.getElementById("keys");
  const isOff = () => page.dataset.keys === "off";
  const keep = (off) => {
    page.dataset.keys = off ? "off" : "on";
    try {
      if (off) localStorage.setItem(OFF, "1");
      else localStorage.removeItem(OFF);
    } catch {
      // Then it holds for this page.
    }
  };
  try {
    page.dataset.keys = localStorage.getItem(OFF) ? "off" : "on";
  } catch {
    page.dataset.keys = "on";
  }

  const search = () => {
    const field = document.getElementById("top-search");
    if (!field) return false;
    field.focus();
    field.select();
    return true;
  };

  // The link of each row, in a table or in a <ul data-list>; what is not shown is passed over.
  const links = () => {
    const rows = document.querySelectorAll("main .table > tbody > tr, main [data-list] > li");
    return [...rows]
      .map((row) => row.querySelector("th a[href]") || row.querySelector("a[href]"))
      .filter((link) => link && link.offsetParent !== null);
  };
  const move = (step) => {
    const all = links();
    if (!all.length) return false;
    const row = document.activeElement && document.activeElement.closest("tr, [data-list] > li");
    const now = all.findIndex((link) => row && row.contains(link));
    const next = now < 0 ? (step > 0 ? 0 : all.length - 1) : now + step;
    if (!all[next]) return true;
    all[next].focus();
    all[next].scrollIntoView({ block: "nearest" });
    return true;
  };
  const help = () => {
    if (!dialog || !dialog.showModal) return false;
    if (!dialog.open) dialog.showModal();
    return true;
  };

  const press = { "/": search, "、": search, j: () => move(1), k: () => move(-1) };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable], dialog[open]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    // How to turn them on again stays.
    if (event.key === "?" || event.key === "？") {
      if (help()) event.preventDefault();
      return;
    }
    const action = press[event.key];
    if (!action || isOff()) return;
    if ((event.key === "j" || event.key === "k") && document.querySelector("[data-own-keys]")) return;
    if (action()) event.preventDefault();
  });

  document.querySelectorAll("[data-keys-open]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", help);
  });
  const box = document.getElementById("keys-on");
  if (box) {
    box.checked = !isOff();
    box.addEventListener("change", () => keep(!box.checked));
  }
})();
