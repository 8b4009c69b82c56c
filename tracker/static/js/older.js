// What Swagger UI calls and browsers before Chromium 93 have not. Loaded by its page alone.
"use strict";

(() => {
  const give = (owner, name, value) => {
    if (!owner[name]) Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  };
  give(Object, "hasOwn", (object, key) => Object.prototype.hasOwnProperty.call(object, key));
  function at(place) {
    const whole = Math.trunc(place) || 0;
    return this[whole < 0 ? this.length + whole : whole];
  }
  give(Array.prototype, "at", at);
  give(String.prototype, "at", at);
  give(Array.prototype, "findLast", function findLast(test, self) {
    for (let place = this.length - 1; place >= 0; place -= 1) {
      if (test.call(self, this[place], place, this)) return this[place];
    }
    return undefined;
  });
})();
