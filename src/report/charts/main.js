// Draws every chart of the page from the JSON in it, and makes its figures usable:
// downloads, sortable tables, a new drawing when the width changes.

import {bars} from "./bars.js";
import {dumbbells} from "./dumbbells.js";
import {fans} from "./fans.js";
import {steps} from "./steps.js";
import {buttons} from "./downloads.js";
import {sortable} from "./tables.js";

const kinds = {bars, dumbbells, fans, steps};
const NARROWEST = 300;
const WIDEST = 860;

const charts = JSON.parse(document.getElementById("charts").textContent);

/** Draws the chart of a figure as wide as the page lets it. */
function draw(figure) {
  const place = figure.querySelector(".chart");
  if (!place) return;
  const chart = charts[figure.id];
  const width = Math.max(NARROWEST, Math.min(WIDEST, place.clientWidth || WIDEST));
  const summary = figure.querySelector(".summary").textContent;
  place.replaceChildren(...kinds[chart.kind](chart, width, summary));
  place.dataset.width = width;
}

const figures = [...document.querySelectorAll("figure")];
for (const figure of figures) {
  draw(figure);
  buttons(figure);
  figure.querySelectorAll("table").forEach(sortable);
}

let waiting;
window.addEventListener("resize", () => {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(() => figures.forEach(draw));
});

// On paper every table is open.
const closed = new Set();
window.addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("figure details:not([open])")) {
    closed.add(details);
    details.open = true;
  }
});
window.addEventListener("afterprint", () => {
  for (const details of closed) details.open = false;
  closed.clear();
});
