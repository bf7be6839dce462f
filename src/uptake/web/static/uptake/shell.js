/* Every page: a refusal of an htmx request is shown as a notice; filters with data-auto-submit send themselves. */
(() => {
  "use strict";

  document.addEventListener("htmx:responseError", (event) => {
    const notices = document.getElementById("notices");
    const xhr = event.detail.xhr;
    if (!notices || xhr.status === 401) return;
    const type = xhr.getResponseHeader("Content-Type") || "";
    if (type.startsWith("text/html") && xhr.responseText.includes('class="notice"')) {
      notices.innerHTML = xhr.responseText;
    } else if (xhr.status === 413 && type.startsWith("text/plain")) {
      notices.textContent = xhr.responseText;
    } else {
      notices.textContent = "That did not work; nothing was changed. Try again, or reload the page.";
    }
    notices.scrollIntoView({ block: "nearest" });
  });

  document.addEventListener("htmx:sendError", () => {
    const notices = document.getElementById("notices");
    if (notices) notices.textContent = "Uptake does not answer. Is the server running? Nothing was changed.";
  });

  for (const button of document.querySelectorAll("form[data-auto-submit] [data-without-script]")) button.hidden = true;

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-auto-submit]");
    if (form) form.requestSubmit();
  });
})();
