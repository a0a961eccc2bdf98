// Figures on a page, of the report and of the app alike: drawn as wide as they may be,
// with downloads and sortable tables, one reading of them shown, everything open on paper.

import {bars} from "./bars.js";
import {dots} from "./dots.js";
import {dumbbells} from "./dumbbells.js";
import {fans} from "./fans.js";
import {grid} from "./grid.js";
import {map} from "./map.js";
import {scatter} from "./scatter.js";
import {steps} from "./steps.js";
import {tornado} from "./tornado.js";
import {buttons} from "./downloads.js";
import {address, restore} from "./state.js";
import {sort, sortable, sorting} from "./tables.js";

const kinds = {bars, dots, dumbbells, fans, grid, map, scatter, steps, tornado};
const NARROWEST = 300;
const WIDEST = 860;
/** Drawings this far below the window are made before they are seen. */
const AHEAD = "400px";

export class Charts {
  /**
   * `changed` hears when the reader sorts, opens or links; with `ahead` a drawing is made
   * only when it is about to be seen, for pages whose figures change all the time.
   */
  constructor(changed, {ahead = false} = {}) {
    Object.assign(this, {changed, ahead});
    this.figures = new Map();
    this.linked = "";
    this.reading = "";
    this.printing = false;
    this.seen = new IntersectionObserver((entries) => {
      for (const {isIntersecting, target} of entries) {
        if (isIntersecting && target.isConnected) this.draw(target.closest("figure"));
      }
    }, {rootMargin: AHEAD});
    let waiting;
    window.addEventListener("resize", () => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(() => this.redraw());
    });
    this.paper();
  }

  /** Takes a figure of the page in, with what it is drawn from. */
  add(figure, chart) {
    this.figures.set(figure, chart);
    buttons(figure, ({id}) => this.told(id));
    figure.querySelectorAll("table").forEach((table) => sortable(table, () => this.told()));
    const details = figure.querySelector("details");
    if (details) {
      details.dataset.open ??= details.open;
      // The event of a table that its address opens comes after this.
      setTimeout(() => details.addEventListener("toggle", () => this.printing || this.told()));
    }
    const place = figure.querySelector(".chart");
    if (!place) return;
    if (this.is_near(place)) this.draw(figure);
    if (this.ahead) this.seen.observe(place);
  }

  /** What is seen now is drawn at once, the rest a moment later by the observer. */
  is_near(place) {
    if (!this.ahead) return true;
    const {top, bottom} = place.getBoundingClientRect();
    return bottom > 0 && top < window.innerHeight;
  }

  /** What the reader did to one figure, done to the one that takes its place. */
  take(before, now) {
    const [old, fresh] = [before, now].map((figure) => figure.querySelector("details"));
    if (old && fresh) {
      fresh.dataset.open = old.dataset.open;
      fresh.open = old.open;
    }
    const [from, to] = [before, now].map((figure) => figure.querySelector("table"));
    if (from && to && sorting(from)) sort(to, sorting(from));
    const [drawn, blank] = [before, now].map((figure) => figure.querySelector(".chart"));
    // Room for the drawing before it is there, so that what is below does not jump.
    if (drawn && blank && drawn.offsetHeight) blank.style.minHeight = `${drawn.offsetHeight}px`;
    this.forget(before);
  }

  forget(figure) {
    const place = figure.querySelector(".chart");
    if (place) this.seen.unobserve(place);
    this.figures.delete(figure);
  }

  /** Draws the chart of a figure as wide as the page lets it; nothing while it is hidden. */
  draw(figure) {
    const place = figure.querySelector(".chart");
    const chart = this.figures.get(figure);
    if (!place || !chart || figure.closest("[hidden]")) return;
    const width = Math.max(NARROWEST, Math.min(WIDEST, place.clientWidth || WIDEST));
    if (place.dataset.width === String(width)) return;
    const summary = figure.querySelector(".summary").textContent;
    place.replaceChildren(...kinds[chart.kind](chart, width, summary));
    place.dataset.width = width;
    place.style.minHeight = "";
  }

  /** Draws what was drawn before in another width. */
  redraw() {
    for (const figure of this.figures.keys()) if (figure.querySelector(".chart")?.dataset.width) this.draw(figure);
  }

  /** Shows the figures of one reading. */
  choose(reading) {
    this.reading = reading;
    for (const part of document.querySelectorAll("[data-reading]")) part.hidden = part.dataset.reading !== reading;
    for (const figure of this.figures.keys()) {
      const place = figure.querySelector(".chart");
      if (place && this.is_near(place)) this.draw(figure);
    }
  }

  told(id) {
    this.linked = id ?? this.linked;
    this.changed();
  }

  /** The state of the figures as an address. */
  address(reading) {
    return address(this.linked, reading ?? "");
  }

  /** Makes the figures what an address says. */
  restore(hash, choose) {
    this.linked = restore(hash, choose);
  }

  /** On paper every drawing is there and every table open. */
  paper() {
    const closed = new Set();
    window.addEventListener("beforeprint", () => {
      this.printing = true;
      for (const figure of this.figures.keys()) this.draw(figure);
      for (const details of document.querySelectorAll("figure details:not([open])")) {
        closed.add(details);
        details.open = true;
      }
    });
    window.addEventListener("afterprint", () => {
      for (const details of closed) details.open = false;
      closed.clear();
      setTimeout(() => { this.printing = false; });
    });
  }
}
