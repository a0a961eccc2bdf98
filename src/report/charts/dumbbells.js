// The same result under several readings: a mark each on one line, with whiskers over its
// range, and how far they are apart in words at the end of the line.

import {axisX, axisY, dot, gridX, plot, ruleX, ruleY, text, tip, pointerY} from "@observablehq/plot";
import {FAINT, INK, LINES, STYLE, digitsFor, extent, number, panel} from "./look.js";

const ROW = 34;

/** Marks of the readings: form, sign for the legend. No colour alone tells them apart. */
const MARKS = [["circle", "\u25cf"], ["diamond2", "\u25c6"], ["square", "\u25a0"], ["triangle", "\u25b2"]];
const mark = (at) => MARKS[at % MARKS.length];

/** `{unit, readings, panels: [{title, rows: [{label, ends: [[value, low, high] | null], apart}]}]}` */
export function dumbbells({unit, readings, panels}, width, summary) {
  const rows = panels.flatMap(({rows}) => rows);
  const [from, to] = extent(rows.flatMap(({ends}) => ends.flatMap((end) => end ?? [])));
  const digits = digitsFor(Math.max(-from, to));
  const longest = Math.max(...rows.map(({label}) => label.length));
  const marginLeft = Math.min(0.36 * width, 16 + 6.9 * longest);
  const most = Math.floor((marginLeft - 14) / 6.9);
  const cut = (label) => (label.length > most ? label.slice(0, most - 1).trimEnd() + "\u2026" : label);
  const marginRight = Math.min(0.3 * width, 24 + 7.2 * Math.max(...rows.map(({apart}) => apart.length)));
  const margin = (to - from || 1) * 0.03;
  const domain = [from - margin, to + margin];
  const legend = readings.map((name, at) => `${mark(at)[1]} ${name}`).join("\u2003");
  return panels.map(({title, rows}) => {
    const known = rows.map(({label, ends}) => ({label, ends: ends.filter((end) => end)})).filter(({ends}) => ends.length);
    const spans = known.map(({label, ends}) => ({label, low: Math.min(...ends.map(([v]) => v)), high: Math.max(...ends.map(([v]) => v))}));
    const marks = rows.flatMap(({label, ends}) => ends.flatMap((end, at) => (end ? [{label, at, value: end[0], low: end[1], high: end[2]}] : [])));
    const ranged = marks.filter(({low, high}) => low !== high);
    const told = (row) => [row.label, ...row.ends.flatMap((end, at) => (end ? [`${readings[at]}: ${number(end[0], digits + 1)} [${number(end[1], digits + 1)}, ${number(end[2], digits + 1)}] ${unit}`] : [])), `apart: ${row.apart}`].join("\n");
    const middle = (row) => { const span = spans.find(({label}) => label === row.label); return span ? (span.low + span.high) / 2 : 0; };
    // Whiskers of one line lie a little above and below each other.
    const shift = (at) => (readings.length > 1 ? -7 + (14 * at) / (readings.length - 1) : 0);
    const svg = plot({
      width, height: ROW * rows.length + 46, marginLeft, marginRight, marginTop: 4, marginBottom: 42,
      style: STYLE, ariaDescription: summary,
      x: {domain, label: null, ticks: Math.max(3, (width - marginLeft - marginRight) / 80)},
      y: {type: "point", domain: rows.map(({label}) => label), label: null, padding: 0.6},
      marks: [
        gridX({stroke: "#cfd6da", strokeOpacity: 1}),
        axisX({tickSize: 0, label: unit, labelAnchor: "center", labelOffset: 36, labelArrow: "none", tickFormat: (x) => number(x, x % 1 ? 2 : 0).replace(/(\.\d)0$/, "$1")}),
        axisY({tickSize: 0, tickFormat: cut}),
        ruleX([0], {stroke: INK}),
        ruleY(spans, {y: "label", x1: "low", x2: "high", stroke: FAINT, strokeWidth: 3}),
        ...readings.flatMap((_, at) => [
          ruleY(ranged.filter((d) => d.at === at), {y: "label", x1: "low", x2: "high", dy: shift(at), stroke: LINES[at % LINES.length], strokeWidth: 1.4}),
          dot(marks.filter((d) => d.at === at), {x: "value", y: "label", symbol: mark(at)[0], r: 5.5, fill: LINES[at % LINES.length], stroke: "white", strokeWidth: 1})
        ]),
        text(rows, {y: "label", frameAnchor: "right", textAnchor: "start", dx: 10, text: "apart", fontWeight: 600}),
        tip(rows, pointerY({x: middle, y: "label", title: told}))
      ]
    });
    return panel(title ? `${title}:\u2003${legend}` : legend, svg, summary);
  });
}
