// Shows the API's schema. Nothing is loaded from, or sent to, another host.
"use strict";

const page = document.documentElement;
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const follow = () => page.classList.toggle("dark-mode", dark.matches);
if (page.dataset.theme === "system") {
  follow();
  dark.addEventListener("change", follow);
}

const place = document.getElementById("api");

window.SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  validatorUrl: null,
  deepLinking: true,
  filter: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  requestInterceptor: (request) => {
    if (!["GET", "HEAD"].includes(request.method || "GET")) {
      request.headers["X-CSRFToken"] = place.dataset.csrf;
    }
    return request;
  },
});
