/* The list of tasks by keyboard: j and k move along the rows, x presses the row's round button. */
(() => {
  "use strict";

  const list = document.querySelector("table[data-tasks]");
  if (!list) return;
  const hasKeys = matchMedia("(hover: hover)").matches;
  for (const hint of document.querySelectorAll("[data-keys]")) hint.hidden = !hasKeys;

  const links = () => [...list.querySelectorAll("tbody .row-link")];
  const row = () => document.activeElement.closest("table[data-tasks] tbody tr");

  const move = (by) => {
    const all = links();
    const here = row();
    const place = here ? all.findIndex((link) => here.contains(link)) + by : by > 0 ? 0 : all.length - 1;
    const link = all[Math.max(0, Math.min(all.length - 1, place))];
    if (!link) return;
    link.focus();
    link.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea, [popover]")) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "x" && row()) row().querySelector("[data-done]")?.click();
    else return;
    event.preventDefault();
  });

  /* The row that answers a press takes the focus that its predecessor had. */
  let pressed = null;
  list.addEventListener("htmx:beforeRequest", (event) => {
    pressed = event.target.closest("tr")?.id ?? null;
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (pressed) document.getElementById(pressed)?.querySelector(".row-link")?.focus();
    pressed = null;
  });
})();
