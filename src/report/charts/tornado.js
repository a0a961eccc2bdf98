// How far each thing, moved alone, moves a number: bars around the number, longest first,
// with what the thing was at either end; one panel a number, each with its own scale.

import {axisX, axisY, barX, gridX, plot, ruleX, text, tip, pointerY} from "@observablehq/plot";
import {FALL, INK, RISE, STYLE, labels, number, panel} from "./look.js";

const ROW = 25;

/** `{unit, panels: [{title, central, rows: [{label, low, high, at: [label, label]}]}]}` */
export function tornado({unit, panels}, width, summary) {
  const {marginLeft, row, axis} = labels(panels.flatMap(({rows}) => rows.map(({label}) => label)), width, ROW);
  const isWide = width >= 560;
  return panels.map(({title, central, rows}) => {
    const [low, high] = [Math.min(central, ...rows.map((d) => d.low)), Math.max(central, ...rows.map((d) => d.high))];
    const digits = Math.max(0, Math.min(6, Math.ceil(1.5 - Math.log10(high - low || 1))));
    const longest = isWide ? Math.max(...rows.flatMap(({at}) => at.map((label) => label.length))) : 0;
    // Room for the words beside the ends of a bar.
    const room = (high - low || 1) * Math.min(1.2, (6.4 * longest + 12) / Math.max(80, width - marginLeft - 2 * (6.4 * longest + 12)));
    const zero = low - room < 0 && high + room > 0;
    const told = (d) => `${d.label}\n${number(d.low, digits)} ${unit}: ${d.at[0]}\n${number(d.high, digits)} ${unit}: ${d.at[1]}`;
    const svg = plot({
      width, height: row * rows.length + 46, marginLeft, marginRight: 12, marginTop: 4, marginBottom: 42, style: STYLE, ariaDescription: summary,
      x: {domain: [low - room - 0.03 * (high - low), high + room + 0.03 * (high - low)], label: null, ticks: Math.max(3, width / 130)},
      y: {domain: rows.map(({label}) => label), label: null, padding: 0.28},
      marks: [
        gridX({stroke: "#cfd6da", strokeOpacity: 1}),
        axisX({tickSize: 0, label: unit, labelAnchor: "center", labelOffset: 36, labelArrow: "none", tickFormat: (x) => number(x, Math.min(digits, 2))}),
        axisY(axis),
        barX(rows, {x1: "low", x2: central, y: "label", fill: FALL}),
        barX(rows, {x1: central, x2: "high", y: "label", fill: RISE}),
        ruleX([central], {stroke: INK, strokeWidth: 2}),
        zero ? ruleX([0], {stroke: INK, strokeDasharray: "3 3"}) : null,
        isWide ? text(rows.filter((d) => d.low < central), {x: "low", y: "label", text: (d) => d.at[0], textAnchor: "end", dx: -5, fontSize: 11.5}) : null,
        isWide ? text(rows.filter((d) => d.high > central), {x: "high", y: "label", text: (d) => d.at[1], textAnchor: "start", dx: 5, fontSize: 11.5}) : null,
        tip(rows, pointerY({x: "high", y: "label", title: told}))
      ]
    });
    return panel(title, svg, summary);
  });
}
