/* Draws what stands in data-chart="ID of a JSON specification"; the bundle is loaded only where there is one.
   Nothing is evaluated and no style is written: the specification runs as data (ast), colours are the sheet's. */
(() => {
  "use strict";

  const bundle = document.currentScript.dataset.bundle;
  const options = { actions: false, ast: true, defaultStyle: false, renderer: "svg", tooltip: false };

  const draw = async (place) => {
    const specification = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    place.replaceChildren();
    await window.vegaEmbed(place, specification, options);
    const drawing = place.querySelector("svg");
    if (drawing) drawing.setAttribute("aria-hidden", "true"); // the place itself is labelled
  };

  const showTable = (place) => {
    const table = place.closest("figure")?.querySelector("details");
    if (table) table.open = true;
  };

  const places = document.querySelectorAll("[data-chart]");

  const drawAll = async () => {
    for (const place of places) {
      // one after the other, so that the first ones are seen while the others are drawn
      await draw(place).catch((why) => {
        console.error(why);
        showTable(place);
      });
    }
  };

  if (!places.length) return;
  const script = document.createElement("script");
  script.src = bundle;
  script.addEventListener("load", drawAll);
  script.addEventListener("error", () => places.forEach(showTable));
  document.head.append(script);
})();
