/* Forms with data-tidy: what is empty or stands at its default is not written into the address. */
(() => {
  "use strict";

  const isDefault = (field) =>
    !field.value || ("default" in field.dataset && (field.dataset.default || field.value) === field.value);

  for (const form of document.querySelectorAll("form[data-tidy]")) {
    for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;
    form.addEventListener("submit", () => {
      for (const field of form.elements) {
        if (field.name && (field.type !== "radio" || field.checked) && isDefault(field)) field.disabled = true;
      }
    });
  }

  // Back from the next page: what was left out can be chosen again.
  window.addEventListener("pageshow", () => {
    for (const field of document.querySelectorAll("form[data-tidy] :disabled")) field.disabled = false;
  });
})();
