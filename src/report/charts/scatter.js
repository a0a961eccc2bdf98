// Two sides' numbers as points of a plane: a curve, and named points beside it.

import {axisX, axisY, dot, gridX, gridY, line, plot, ruleX, ruleY, text, tip, pointer} from "@observablehq/plot";
import {INK, LINES, STYLE, digitsFor, extent, number, panel, tick} from "./look.js";

/** `{x, y, unit, curve: {name, points: [[x, y]]}, points: [{name, x, y}]}` */
export function scatter({x, y, unit, curve, points}, width, summary) {
  const all = [...curve.points.map(([x, y]) => ({x, y})), ...points];
  const [xs, ys] = [extent(all.map((d) => d.x)), extent(all.map((d) => d.y))];
  const wide = ([low, high], part) => [low - part * (high - low || 1), high + part * (high - low || 1)];
  const digits = digitsFor(Math.max(...xs.concat(ys).map(Math.abs)));
  const [longest, across] = [Math.max(...points.map(({name}) => name.length)), Math.min(width, 640)];
  const near = (d) => `${d.name}\n${x}: ${number(d.x, digits)} ${unit}\n${y}: ${number(d.y, digits)} ${unit}`;
  const domain = wide(xs, 0.06);
  // A name stands on the side of its point where there is room.
  const left = (d) => (d.x - domain[0]) / (domain[1] - domain[0]) * (across - 60) + 7.2 * Math.min(longest, d.name.length) + 12 > across - 60;
  const ticks = (value) => tick(value, digits);
  const svg = plot({
    width: across, height: Math.round(Math.min(0.7 * across, 420)), marginLeft: 48, marginRight: 14, marginTop: 26, marginBottom: 44, style: STYLE, ariaDescription: summary,
    x: {domain, label: null}, y: {domain: wide(ys, 0.1), label: null},
    marks: [
      gridX({stroke: "#cfd6da", strokeOpacity: 1}), gridY({stroke: "#cfd6da", strokeOpacity: 1}),
      axisX({tickSize: 0, ticks: Math.max(3, across / 110), label: `${x}, ${unit}`, labelAnchor: "center", labelOffset: 38, labelArrow: "none", tickFormat: ticks}),
      axisY({tickSize: 0, ticks: 6, label: `${y}, ${unit}`, labelArrow: "none", tickFormat: ticks}),
      ruleX([0], {stroke: INK}), ruleY([0], {stroke: INK}),
      line(curve.points, {stroke: LINES[0], strokeWidth: 2.4}),
      dot(curve.points, {r: 3, fill: LINES[0]}),
      text(curve.points.slice(0, 1), {text: () => curve.name, textAnchor: "start", dx: 2, dy: -12, fill: LINES[0], fontWeight: 600}),
      dot(points, {x: "x", y: "y", r: 5, symbol: "diamond", fill: LINES[1]}),
      text(points.filter((d) => !left(d)), {x: "x", y: "y", text: "name", textAnchor: "start", dx: 9, dy: -9, fontWeight: 600}),
      text(points.filter(left), {x: "x", y: "y", text: "name", textAnchor: "end", dx: -9, dy: -9, fontWeight: 600}),
      tip([...points, ...curve.points.map(([x, y]) => ({name: curve.name, x, y}))], pointer({x: "x", y: "y", title: near}))
    ]
  });
  return [panel("", svg, summary)];
}
