"use strict";

const place = document.getElementById("api");
const root = document.documentElement;
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

// Swagger UI has a dark look, which this class turns on.
function followTheme() {
  const theme = root.dataset.theme || (prefersDark.matches ? "dark" : "light");
  root.classList.toggle("dark-mode", theme === "dark");
}

followTheme();
prefersDark.addEventListener("change", followTheme);

// Swagger UI has its own button below the description, which is long.
const authorize = document.querySelector("[data-authorize]");
authorize.addEventListener("click", () => place.querySelector(".btn.authorize").click());

SwaggerUIBundle({
  url: place.dataset.description,
  domNode: place,
  deepLinking: true,
  displayRequestDuration: true,
  // The badge of Swagger UI would send our address to validator.swagger.io.
  validatorUrl: null,
  // Swagger UI has moved the list of errors down: scroll again to the one in the address.
  onComplete: () => {
    authorize.hidden = false;
    const named = document.getElementById(location.hash.slice(1));
    if (named) named.scrollIntoView();
  },
});
