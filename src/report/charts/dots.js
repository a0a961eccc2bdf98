// Several numbers of each row on one line, with whiskers over their ranges: a symbol and a
// colour for each series, named in a key; one panel a group, one scale for all.

import {axisX, axisY, dot, gridX, link, plot, ruleX, tip, pointer} from "@observablehq/plot";
import {INK, LINES, STYLE, digitsFor, extent, key, labels, number, panel} from "./look.js";

const ROW = 34;
const SYMBOLS = ["circle", "triangle", "square"];
const LETTERS = ["\u25cf", "\u25b2", "\u25a0"];

/** `{unit, series: [name], panels: [{title, rows: [{label, values: [{value, low, high} or null]}]}]}` */
export function dots({unit, series, panels}, width, summary) {
  const rows = panels.flatMap(({rows}) => rows);
  const all = rows.flatMap(({values}) => values.filter(Boolean));
  const [from, to] = extent(all.flatMap(({value, low, high}) => [value, low ?? value, high ?? value]));
  const digits = digitsFor(Math.max(-from, to));
  const room = (to - from || 1) * 0.04;
  const {marginLeft, row, axis} = labels(rows.map(({label}) => label), width, ROW);
  const drawn = panels.map(({title, rows}, place) => {
    const points = rows.flatMap(({label, values}) => values.map((of, at) => of && {...of, label, at}).filter(Boolean));
    const told = (d) => `${d.label}\n${series[d.at]}: ${number(d.value, digits + 1)} ${unit}` +
      (d.low === undefined ? "" : `\nrange ${number(d.low, digits + 1)} to ${number(d.high, digits + 1)}`);
    // Series of a row lie a little apart: their whiskers can be told from each other.
    const apart = (at) => (at - (series.length - 1) / 2) * 11;
    const marks = series.flatMap((_, at) => {
      const own = points.filter((d) => d.at === at);
      const look = {stroke: LINES[at], dy: apart(at)};
      return [
        link(own.filter((d) => d.low !== undefined), {x1: "low", x2: "high", y1: "label", y2: "label", strokeWidth: 1.8, ...look}),
        dot(own, {x: "value", y: "label", r: 4.2, symbol: SYMBOLS[at], fill: LINES[at], ...look})
      ];
    });
    const svg = plot({
      width, height: row * rows.length + 46, marginLeft, marginRight: 14, marginTop: 4, marginBottom: 42, style: STYLE, ariaDescription: summary,
      x: {domain: [from < 0 ? from - room : from, to + room], label: null, ticks: Math.max(3, width / 110)},
      y: {domain: rows.map(({label}) => label), type: "point", padding: 0.5, label: null},
      marks: [
        gridX({stroke: "#cfd6da", strokeOpacity: 1}),
        axisX({tickSize: 0, label: unit, labelAnchor: "center", labelOffset: 36, labelArrow: "none"}),
        axisY(axis),
        ruleX([0], {stroke: INK}),
        ...marks,
        tip(points, pointer({x: "value", y: "label", title: told}))
      ]
    });
    const box = panel(title, svg, summary);
    if (place === 0) box.prepend(key(series.map((name, at) => ({name, colour: LINES[at], symbol: LETTERS[at]}))));
    return box;
  });
  return drawn;
}
