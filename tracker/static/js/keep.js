// Text that is typed and not saved, kept in this browser: a session that has ended, a page that
// has expired or a crash loses nothing. One entry a form and person. It goes when the server says
// that it is saved (#saved-<name> in the address), on discarding, on log-out, and by age.
(() => {
  "use strict";
  const PREFIX = "tanzetong:kept:";
  const MOST_DAYS = 14;
  let leaving = false;

  const read = (key) => {
    try {
      return JSON.parse(localStorage.getItem(PREFIX + key));
    } catch {
      return null;
    }
  };
  const write = (key, entry) => {
    if (leaving) return;
    try {
      localStorage.setItem(PREFIX + key, JSON.stringify(entry));
    } catch {
      // Full or forbidden: then the page works as it did without keeping.
    }
  };
  const drop = (key) => {
    try {
      localStorage.removeItem(PREFIX + key);
    } catch {
      // As above.
    }
  };
  const keys = () => {
    try {
      return Object.keys(localStorage)
        .filter((key) => key.startsWith(PREFIX))
        .map((key) => key.slice(PREFIX.length));
    } catch {
      return [];
    }
  };

  // What is saved, and what is old.
  const saved = location.hash.match(/^#saved-([0-9a-z]{1,32})$/)?.[1];
  const oldest = Date.now() - MOST_DAYS * 86400000;
  for (const key of keys()) {
    const entry = read(key);
    if (!entry || entry.name === saved || !(entry.at > oldest)) drop(key);
  }
  if (saved) history.replaceState(history.state, "", location.pathname + location.search);

  // Logging out leaves nothing behind for the next person at this machine.
  document.addEventListener("submit", (event) => {
    if (!new URL(event.target.action, location.href).pathname.endsWith("/logout/")) return;
    leaving = true;
    keys().forEach(drop);
  });
  document.addEventListener("input", () => {
    leaving = false;
  });

  window.kept = { keys, read, write, drop };
})();
