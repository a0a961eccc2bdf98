// What every pair of choices is worth to two sides: a cell a pair, the first side's number
// above the second's, each in the colour of its loss or gain; a star at a best reply.

import {plot, rect, text, tip, pointer} from "@observablehq/plot";
import {INK, STYLE, key, number, panel} from "./look.js";

const CELL = 58;
const LOSSES = ["#f9e4d8", "#f2c3a7", "#e39a72"];
const GAINS = ["#e1eff3", "#b7d9e2", "#86bccb"];

/** `{unit, sides: [name, name], choices: [name], cells: [[{values: [{value, low, high}, …], best: [bool, bool]}]]}` */
export function grid({unit, sides, choices, cells}, width, summary) {
  const pairs = cells.flatMap((row, down) => row.map(({values, best}, across) => ({values, best, down, across})));
  const halves = pairs.flatMap(({values, best, down, across}) => values.map((of, side) => ({...of, best: best[side], side, down, across})));
  const most = Math.max(...halves.map(({value}) => Math.abs(value)), 1e-9);
  const digits = most >= 3 ? 1 : most >= 0.1 ? 2 : 3;
  const fill = ({value}) => {
    if (Math.abs(value) < 0.5 * 10 ** -digits) return "white";
    const at = Math.min(2, Math.floor((3 * Math.abs(value)) / most));
    return (value < 0 ? LOSSES : GAINS)[at];
  };
  const written = (d) => number(d.value, digits) + (d.best ? "\u2605" : "");
  const told = ({values, best, down, across}) => `${sides[0]}: ${choices[down]}, ${sides[1]}: ${choices[across]}\n` +
    values.map((of, side) => `${sides[side]} ${number(of.value, digits)} ${unit}` +
      (of.low === undefined ? "" : ` (${number(of.low, digits)} to ${number(of.high, digits)})`) + (best[side] ? ", best reply" : "")).join("\n");
  const count = choices.length;
  const marginLeft = Math.min(0.3 * width, 20 + 7 * Math.max(...choices.map((name) => name.length)));
  const whole = Math.min(width, marginLeft + 150 * count);
  // Heads of narrow columns are written smaller.
  const across = (whole - marginLeft - 6) / count;
  const headSize = Math.min(13, across / (0.66 * Math.max(...choices.map((name) => name.length))));
  const svg = plot({
    width: whole, height: CELL * count + 44, marginLeft, marginRight: 6, marginTop: 40, marginBottom: 4, style: STYLE, ariaDescription: summary,
    x: {domain: [0, count], axis: null}, y: {domain: [count, 0], axis: null},
    marks: [
      rect(halves, {x1: "across", x2: (d) => d.across + 1, y1: (d) => d.down + d.side / 2, y2: (d) => d.down + (d.side + 1) / 2, fill, insetLeft: 1, insetRight: 1}),
      rect(pairs, {x1: "across", x2: (d) => d.across + 1, y1: "down", y2: (d) => d.down + 1, fill: "none", stroke: (d) => (d.best.every(Boolean) ? INK : "#7d8a94"), strokeWidth: 1, inset: 1}),
      rect(pairs.filter((d) => d.best.every(Boolean)), {x1: "across", x2: (d) => d.across + 1, y1: "down", y2: (d) => d.down + 1, fill: "none", stroke: INK, strokeWidth: 2.6, inset: 2}),
      text(halves, {x: (d) => d.across + 0.5, y: (d) => d.down + 0.27 + 0.46 * d.side, text: written, fill: INK, fontWeight: (d) => (d.best ? 700 : 400)}),
      text(choices, {x: (_, at) => at + 0.5, y: 0, dy: -10, text: (name) => name, fontWeight: 600, fontSize: headSize}),
      text(choices, {x: 0, y: (_, at) => at + 0.5, dx: -8, textAnchor: "end", text: (name) => name, fontWeight: 600}),
      text([sides[1]], {x: count / 2, y: 0, dy: -29, text: (name) => `${name} chooses \u2192`, fill: INK}),
      text([sides[0]], {x: 0, y: 0, dx: -8, dy: -10, textAnchor: "end", text: () => "\u2193", fill: INK}),
      tip(pairs, pointer({x: (d) => d.across + 0.5, y: (d) => d.down + 0.5, title: told}))
    ]
  });
  const box = panel("", svg, summary);
  box.prepend(key([
    {name: `${sides[0]} chooses the row: number above`, colour: INK, symbol: "\u2193"},
    {name: `${sides[1]} chooses the column: number below`, colour: INK, symbol: "\u2192"},
    {name: "best reply to the other's choice", colour: INK, symbol: "\u2605"},
    {name: "neither side wants to move", colour: INK, symbol: "\u25a3"}
  ]));
  return [box];
}
