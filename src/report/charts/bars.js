// Changes as bars from zero, with whiskers over the range, one panel a group, one scale for all.

import {axisX, axisY, barX, gridX, plot, ruleX, ruleY, text, tip, pointerY} from "@observablehq/plot";
import {FALL, INK, RISE, STYLE, digitsFor, extent, labels, number, panel, tick} from "./look.js";

const ROW = 25;

/** `{unit, panels: [{title, rows: [{label, value, low, high}]}]}` */
export function bars({unit, panels}, width, summary) {
  const rows = panels.flatMap(({rows}) => rows);
  const [from, to] = extent(rows.flatMap(({value, low, high}) => [value, low ?? value, high ?? value]));
  const digits = digitsFor(Math.max(-from, to));
  const {marginLeft, row, axis} = labels(rows.map(({label}) => label), width, ROW);
  // Room for the number beyond the end of a whisker.
  const room = (to - from) * (64 / Math.max(100, width - marginLeft - 90));
  const domain = [from < 0 ? from - room : from, to > 0 ? to + room : to];
  const low = (d) => d.low ?? d.value;
  const high = (d) => d.high ?? d.value;
  return panels.map(({title, rows}) => {
    const labels = rows.map(({label}) => label);
    const written = (d) => number(d.value, digits);
    const told = (d) => `${d.label}: ${written(d)} ${unit}` +
      (d.low === undefined ? "" : `\nrange ${number(d.low, digits)} to ${number(d.high, digits)}`);
    const svg = plot({
      width, height: row * rows.length + 46, marginLeft, marginRight: 12, marginTop: 4, marginBottom: 42,
      style: STYLE, ariaDescription: summary,
      x: {domain, label: null, ticks: Math.max(4, width / 110)},
      y: {domain: labels, label: null, padding: 0.28},
      marks: [
        gridX({stroke: "#cfd6da", strokeOpacity: 1}),
        axisX({tickSize: 0, label: unit, labelAnchor: "center", labelOffset: 36, labelArrow: "none", tickFormat: (x) => tick(x, digits)}),
        axisY(axis),
        barX(rows, {x1: 0, x2: "value", y: "label", fill: (d) => (d.value < 0 ? FALL : RISE)}),
        ruleY(rows.filter((d) => d.low !== undefined), {y: "label", x1: low, x2: high, stroke: INK, strokeWidth: 1.6}),
        ...[low, high].map((end) => text(rows.filter((d) => d.low !== undefined), {x: end, y: "label", text: () => "|", fill: INK, fontSize: 11})),
        ruleX([0], {stroke: INK}),
        text(rows.filter((d) => d.value < 0), {x: low, y: "label", text: written, textAnchor: "end", dx: -6}),
        text(rows.filter((d) => d.value >= 0), {x: high, y: "label", text: written, textAnchor: "start", dx: 6}),
        tip(rows, pointerY({x: "value", y: "label", title: told}))
      ]
    });
    return panel(title, svg, summary);
  });
}
