"use strict";

const place = document.getElementById("api");

SwaggerUIBundle({
  url: place.dataset.description,
  domNode: place,
  deepLinking: true,
  displayRequestDuration: true,
  // Its badge would ask validator.swagger.io about us.
  validatorUrl: null,
  // The errors below have moved by now: go to the one that the address names.
  onComplete: () => {
    const named = document.getElementById(location.hash.slice(1));
    if (named) named.scrollIntoView();
  },
});
