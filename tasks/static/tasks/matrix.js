// The matrix by keyboard: arrows move from cell to cell, Home and End to the ends of a row.
// Without this script every cell is a link that Tab reaches.
(() => {
  "use strict";
  const rows = () =>
    [...document.querySelectorAll(".matrix > tbody > tr")]
      .map((row) => [...row.querySelectorAll(".matrix-cell > a")])
      .filter((cells) => cells.length);

  // One stop for Tab: the cell that was last left.
  const begin = () => {
    for (const [at, cells] of rows().entries()) {
      for (const [n, cell] of cells.entries()) cell.tabIndex = at || n ? -1 : 0;
    }
  };

  const go = (from, to) => {
    if (!to) return;
    from.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
    to.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  const steps = {
    ArrowLeft: (all, y, x) => all[y][x - 1],
    ArrowRight: (all, y, x) => all[y][x + 1],
    ArrowUp: (all, y, x) => all[y - 1] && all[y - 1][x],
    ArrowDown: (all, y, x) => all[y + 1] && all[y + 1][x],
    Home: (all, y) => all[y][0],
    End: (all, y) => all[y][all[y].length - 1],
  };

  document.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    const cell = event.target.closest(".matrix-cell > a");
    if (!step || !cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = rows();
    const y = all.findIndex((cells) => cells.includes(cell));
    event.preventDefault();
    go(cell, step(all, y, all[y].indexOf(cell)));
  });

  // Where few quarters fit, the newest come into view; the order stays.
  const toNewest = () => {
    const box = document.querySelector(".matrix-box");
    const quarters = document.querySelectorAll(".matrix > thead .matrix-quarter");
    if (!box || !quarters.length || !window.matchMedia("(max-width: 900px)").matches) return;
    const newest = quarters[quarters.length - 1];
    box.scrollLeft = newest.offsetLeft + newest.offsetWidth - box.clientWidth;
  };

  document.addEventListener("htmx:afterSwap", () => {
    begin();
    toNewest();
  });
  begin();
  toNewest();
})();
