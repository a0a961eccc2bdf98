// A map of the world: places in the colour of their number's class, from a loss to a gain;
// hatched what has no number of its own; small places as dots.
//
// The classes are cut at round numbers, the same on both sides of zero. What is nearly
// zero, and what may be of either sign, has the colour of the middle.

import {centroid, dot, geo, plot, pointer, tip} from "@observablehq/plot";
import {feature} from "topojson-client";
import atlas from "atlas";
import {FAINT, INK, STYLE, number, panel} from "./look.js";

const LOSSES = ["#8f2d10", "#cf6a3f", "#f2c3a7"];
const GAINS = ["#b7d9e2", "#5c9fb5", "#12536b"];
const MIDDLE = "#f4f2e9";
const EDGE = "#7d8a94";
const NS = "http://www.w3.org/2000/svg";
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** A path of the atlas: whole numbers in letters, as build.mjs writes them, in pairs. */
function path(letters) {
  const numbers = [];
  let [value, weight] = [0, 1];
  for (const letter of letters) {
    const digit = DIGITS.indexOf(letter);
    value += (digit % 32) * weight;
    weight *= 32;
    if (digit < 32) {
      numbers.push(value % 2 ? -(value + 1) / 2 : value / 2);
      [value, weight] = [0, 1];
    }
  }
  return Array.from({length: numbers.length / 2}, (_, at) => [numbers[2 * at], numbers[2 * at + 1]]);
}

/** Outlines and dots of the atlas as features with a code. */
function places() {
  const {scale, translate} = atlas;
  const topology = {type: "Topology", transform: {scale, translate}, arcs: atlas.arcs.map(path), objects: {}};
  const outlines = atlas.shapes.map(([code, arcs]) => ({...feature(topology, {type: "MultiPolygon", arcs}), code}));
  const dots = atlas.dots.map(([code, x, y]) => ({code, x, y}));
  return {outlines, dots};
}

/** The nearest of 1, 2, 5, 10, ... */
function round(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 2, 5, 10].reduce((best, next) => (Math.abs(next - value / power) < Math.abs(best - value / power) ? next : best));
}

/** Three round numbers that part the sizes of `values`; fewer where they are too alike. */
function cuts(values) {
  const sizes = values.map(Math.abs).filter((size) => size > 0).sort((a, b) => a - b);
  if (!sizes.length) return [1];
  const found = [0.35, 0.65, 0.9].map((part) => round(sizes[Math.floor(part * (sizes.length - 1))]));
  return [...new Set(found)].sort((a, b) => a - b);
}

/** Position of a place's class, 0 in the middle. */
function level({value, low, high}, steps) {
  if ((low ?? value) < 0 && (high ?? value) > 0) return 0;
  return Math.sign(value) * steps.filter((step) => Math.abs(value) >= step).length;
}

function colour(at, count) {
  if (at === 0) return MIDDLE;
  const of = at < 0 ? LOSSES : GAINS;
  return at < 0 ? of[count + at] ?? of[0] : of[3 - count + at - 1];
}

const node = (name, attributes, text) => {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
};

let drawn = 0;

/** `{unit, places: [{codes, label, value, low, high}], rest: {label, value, low, high}, hatched}` */
export function map({unit, places: shown, rest, hatched}, width, summary) {
  const {outlines, dots} = places();
  const of = new Map(shown.flatMap((place) => place.codes.map((code) => [code, place])));
  // Another drawing of the page has another pattern.
  const pattern = `hatch-${(drawn += 1)}`;
  const striped = `url(#${pattern})`;
  const steps = cuts(shown.map(({value}) => value));
  const digits = Math.max(0, ...steps.map((step) => Math.ceil(-Math.log10(step) - 1e-9)));
  const fill = (code) => (of.has(code) ? colour(level(of.get(code), steps), steps.length) : striped);
  const told = ({label, value, low, high}) => `${label}: ${number(value, digits + 1)} ${unit}` +
    (low === undefined ? "" : `\nrange ${number(low, digits + 1)} to ${number(high, digits + 1)}`);
  const title = ({code}) => (of.has(code) ? told(of.get(code)) : rest ? `${hatched}\n${told(rest)}` : hatched);
  const small = dots.filter(({code}) => of.has(code));
  const entries = legend(steps, digits, unit, [{fill: striped, text: hatched}]);
  const lines = wrapped(entries, width);
  const height = Math.round(0.46 * width);
  const svg = plot({
    width, height: height + 22 * lines.length + 8, marginLeft: 0, marginRight: 0, marginTop: 4, marginBottom: 22 * lines.length + 8,
    style: STYLE, ariaDescription: summary,
    projection: {type: "equal-earth", domain: {type: "FeatureCollection", features: outlines}},
    marks: [
      geo(outlines, {fill: ({code}) => fill(code), stroke: EDGE, strokeWidth: 0.5}),
      dot(small, {x: "x", y: "y", r: width < 560 ? 2.5 : 4, fill: ({code}) => fill(code), stroke: INK, strokeWidth: 0.8}),
      tip(outlines.filter(({code}) => of.has(code) || rest), pointer(centroid({title, maxRadius: 30}))),
      tip(small, pointer({x: "x", y: "y", title, maxRadius: 8}))
    ]
  });
  svg.append(hatch(pattern));
  lines.forEach((line, row) => {
    let x = 2;
    for (const {fill, text} of line) {
      const y = height + 22 * row + 8;
      svg.append(node("rect", {x, y, width: 18, height: 12, fill, stroke: EDGE, "stroke-width": 0.7}));
      svg.append(node("text", {x: x + 24, y: y + 10.5, fill: INK, "font-size": 12, "text-anchor": "start"}, text));
      x += 40 + 6.5 * text.length;
    }
  });
  return [panel("", svg, summary)];
}

/** A colour and its words, lowest class first, then `others`. */
function legend(steps, digits, unit, others) {
  const [count, text] = [steps.length, (step) => number(step, digits)];
  const entries = [];
  for (let at = -count; at <= count; at += 1) {
    const [near, far, sign] = [steps[Math.abs(at) - 1], steps[Math.abs(at)], Math.sign(at)];
    const said = () => {
      if (at === 0) return `within \u00b1${text(steps[0]).slice(1)}, or of either sign`;
      if (far === undefined) return `${text(sign * near)} ${unit.split(" ")[0]} and ${sign < 0 ? "lower" : "higher"}`;
      return sign < 0 ? `${text(-far)} to ${text(-near)}` : `${text(near)} to ${text(far)}`;
    };
    entries.push({fill: colour(at, count), text: said()});
  }
  return [...entries, ...others];
}

/** Entries of a legend in lines that fit. */
function wrapped(entries, width) {
  const lines = [[]];
  let used = 0;
  for (const entry of entries) {
    const length = 40 + 6.5 * entry.text.length;
    if (used + length > width && lines.at(-1).length) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1).push(entry);
    used += length;
  }
  return lines;
}

/** Grey lines on white. */
function hatch(id) {
  const pattern = node("pattern", {id, width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)"});
  pattern.append(node("rect", {width: 5, height: 5, fill: "white"}), node("line", {x1: 0, y1: 0, x2: 0, y2: 5, stroke: FAINT, "stroke-width": 1.3}));
  const defs = node("defs", {});
  defs.append(pattern);
  return defs;
}
