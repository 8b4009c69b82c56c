// Says so where the browser is older than those that the pages are made for (Chromium 87,
// Firefox 85, Safari 15.4). Written in ECMAScript 5, since only old browsers have to run it.
(function () {
  "use strict";
  var words = document.getElementById("old-browser");
  var css = window.CSS && window.CSS.supports;
  var known = css && window.CSS.supports("inset", "0") && window.CSS.supports("selector(:focus-visible)");
  if (words && !known) words.removeAttribute("hidden");
})();
