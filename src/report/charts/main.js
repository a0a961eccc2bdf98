// Draws every chart of the page from the JSON in it, and makes its figures usable:
// downloads, sortable tables, a choice of whose account is shown, an address that keeps
// all that, a new drawing when the width changes.

import {bars} from "./bars.js";
import {dots} from "./dots.js";
import {fans} from "./fans.js";
import {grid} from "./grid.js";
import {map} from "./map.js";
import {scatter} from "./scatter.js";
import {steps} from "./steps.js";
import {tornado} from "./tornado.js";
import {buttons} from "./downloads.js";
import {address, restore} from "./state.js";
import {sortable} from "./tables.js";

const kinds = {bars, dots, fans, grid, map, scatter, steps, tornado};
const NARROWEST = 300;
const WIDEST = 860;

const charts = JSON.parse(document.getElementById("charts").textContent);
const figures = [...document.querySelectorAll("figure")];
const choice = document.querySelector("#reading select");

/** Draws the chart of a figure as wide as the page lets it; nothing while it is hidden. */
function draw(figure) {
  const place = figure.querySelector(".chart");
  if (!place || figure.closest("[hidden]")) return;
  const width = Math.max(NARROWEST, Math.min(WIDEST, place.clientWidth || WIDEST));
  if (place.dataset.width === String(width)) return;
  const chart = charts[figure.id];
  const summary = figure.querySelector(".summary").textContent;
  place.replaceChildren(...kinds[chart.kind](chart, width, summary));
  place.dataset.width = width;
}

/** Shows the figures of one reading; one that is not there changes nothing. */
function choose(reading) {
  if (!choice || ![...choice.options].some(({value}) => value === reading)) return;
  choice.value = reading;
  for (const part of document.querySelectorAll("[data-reading]")) part.hidden = part.dataset.reading !== reading;
  figures.forEach(draw);
}

/** The figure that the address is of. */
let linked = "";

/** Writes the state of the page into its address, without a step in the history. */
function remember(figure) {
  linked = figure ?? linked;
  const first = choice?.options[0].value;
  const hash = address(linked, choice && choice.value !== first ? choice.value : "");
  try {
    history.replaceState(null, "", hash === "#" ? location.pathname + location.search : hash);
  } catch {
    // Some browsers let a page from disk change its address in this way only.
    if (hash !== "#") location.replace(hash);
  }
}

let printing = false;
for (const figure of figures) {
  draw(figure);
  buttons(figure, ({id}) => remember(id));
  figure.querySelectorAll("table").forEach((table) => sortable(table, () => remember()));
  const details = figure.querySelector("details");
  details.dataset.open = details.open;
}
if (choice) {
  choice.closest("[hidden]").hidden = false;
  choice.addEventListener("change", () => {
    choose(choice.value);
    remember();
  });
}
linked = restore(location.hash, choose);
window.addEventListener("hashchange", () => { linked = restore(location.hash, choose); });
// The event of a table that was opened by its address comes after this.
setTimeout(() => {
  for (const figure of figures) figure.querySelector("details").addEventListener("toggle", () => printing || remember());
});

let waiting;
window.addEventListener("resize", () => {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(() => figures.forEach(draw));
});

// On paper every table is open.
const closed = new Set();
window.addEventListener("beforeprint", () => {
  printing = true;
  for (const details of document.querySelectorAll("figure details:not([open])")) {
    closed.add(details);
    details.open = true;
  }
});
window.addEventListener("afterprint", () => {
  for (const details of closed) details.open = false;
  closed.clear();
  setTimeout(() => { printing = false; });
});
