// Paths over weeks with a band over the range, one small panel each, all on the same axes;
// what was observed as a marked band of weeks, a number to compare with as a level line.

import {areaY, axisX, axisY, gridY, line, plot, rectY, ruleX, ruleY, text, tip, pointerX} from "@observablehq/plot";
import {INK, LINES, STYLE, digitsFor, extent, panel, tick} from "./look.js";

const GAP = 24;

/** `{unit, x, zero, panels: [{title, points: [[week, value, low, high]], window: [first, last], level: {name, value, low, high}}]}` */
export function fans({unit, x, zero, panels}, width, summary) {
  const all = panels.flatMap(({points, window}) => points.map(([week]) => week).concat(window ?? []));
  const weeks = [Math.min(...all), Math.max(...all)];
  const levels = panels.flatMap(({level}) => (level ? [level.value, level.low, level.high] : []));
  const values = panels.flatMap(({points}) => points.flatMap((point) => point.slice(1))).concat(levels);
  const [low, high] = zero ? extent(values) : [Math.min(...values), Math.max(...values)];
  const margin = (high - low || 1) * 0.06;
  const domain = [low - (low < 0 || !zero ? margin : 0), high + (high > 0 || !zero ? margin : 0)];
  const digits = digitsFor(Math.max(-low, high));
  const fit = Math.max(1, Math.min(panels.length, Math.floor(width / 270)));
  // No panel alone in the last row.
  const columns = fit > 2 && panels.length % fit === 1 ? fit - 1 : fit;
  const across = Math.floor((width - GAP * (columns - 1)) / columns);
  return panels.map(({title, points, window, level}) => {
    const rows = points.map(([week, value, low, high]) => ({week, value, low, high}));
    const told = (d) => `week ${d.week}: ${d.value.toFixed(digits)} ${unit}\nrange ${d.low.toFixed(digits)} to ${d.high.toFixed(digits)}`;
    const svg = plot({
      width: across, height: 210, marginLeft: 46, marginRight: 10, marginTop: 20, marginBottom: 38, style: STYLE, ariaDescription: summary,
      x: {domain: weeks, label: null}, y: {domain, label: null},
      marks: [
        gridY({stroke: "#cfd6da", strokeOpacity: 1}),
        window ? rectY([window], {x1: "0", x2: "1", y1: domain[0], y2: domain[1], fill: "#e0b13f", fillOpacity: 0.45}) : null,
        window ? ruleX(window, {stroke: "#8a6100", strokeDasharray: "3 2"}) : null,
        axisX({label: x, labelAnchor: "center", labelArrow: "none", tickSize: 4, ticks: 6}),
        axisY({tickSize: 0, ticks: 5, label: unit, labelArrow: "none", tickFormat: (y) => (zero && low < 0 ? tick(y, digits) : String(Math.round(y * 100) / 100))}),
        areaY(rows, {x: "week", y1: "low", y2: "high", fill: LINES[0], fillOpacity: 0.25}),
        line(rows, {x: "week", y: "value", stroke: LINES[0], strokeWidth: 2}),
        level ? rectY([level], {x1: weeks[0], x2: weeks[1], y1: "low", y2: "high", fill: LINES[1], fillOpacity: 0.16}) : null,
        level ? ruleY([level], {y: "value", stroke: LINES[1], strokeWidth: 2, strokeDasharray: "7 3"}) : null,
        level ? text([level], {x: weeks[0], y: "value", text: "name", textAnchor: "start", lineAnchor: "bottom", dx: 4, dy: -4, fill: LINES[1], fontWeight: 600}) : null,
        zero ? ruleY([0], {stroke: INK}) : null,
        tip(rows, pointerX({x: "week", y: "value", title: told}))
      ]
    });
    const box = panel(title, svg, summary);
    box.style.width = `${across}px`;
    return box;
  });
}
