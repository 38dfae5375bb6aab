"use strict";

const place = document.getElementById("api");

SwaggerUIBundle({
  url: place.dataset.description,
  domNode: place,
  deepLinking: true,
  displayRequestDuration: true,
  // The badge of Swagger UI would send our address to validator.swagger.io.
  validatorUrl: null,
  // Swagger UI has moved the list of errors down: scroll again to the one in the address.
  onComplete: () => {
    const named = document.getElementById(location.hash.slice(1));
    if (named) named.scrollIntoView();
  },
});
