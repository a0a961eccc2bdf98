// Rates as steps over days, one line a side; numbered events under the axis; the days of
// the scenario as points, hollow where it changes something on that day; a grey band over
// the days that another drawing shows more closely.

import {axisX, axisY, dot, gridY, line, plot, rectX, ruleX, text, tip, pointer} from "@observablehq/plot";
import {DASHES, FAINT, INK, LINES, STYLE, key, panel} from "./look.js";

const day = (text) => new Date(text + "T00:00:00Z");

const DAY = 864e5;

/** Ticks of a span: months, or years where it is long. */
function ticks(days, width) {
  if (days > 3 * 365) return days / 365 > width / 60 ? "2 years" : "1 year";
  return days > (width < 560 ? 200 : 900) ? "3 months" : "2 months";
}

/** Places `items` in rows, so that none stands on another; `of` gives the two ends of one. */
function rowed(items, of, rows) {
  const last = Array(rows).fill(-1e9);
  for (const item of items) {
    const [start, end] = of(item);
    const free = last.findIndex((x) => start >= x);
    item.row = free < 0 ? rows - 1 : free;
    last[item.row] = end;
  }
  return 1 + Math.max(0, ...items.map(({row}) => row));
}

/** `{from, to, lines: [{name, points: [[date, value]]}], marks: [[date, number]], phases: [{date, title, changed, values}], band: [date, date]}` */
export function steps({from, to, lines, marks, phases, band}, width, summary) {
  const [start, end] = [day(from), day(to)];
  const most = Math.max(...lines.flatMap(({points}) => points.map(([, value]) => value)), ...phases.flatMap(({values}) => values.map((v) => v ?? 0)));
  const paths = lines.map(({points}) => {
    const path = points.map(([date, value]) => ({date: day(date), value}));
    return [...path, {date: end, value: path.at(-1).value}];
  });
  const ends = paths.map((path, at) => ({at, value: path.at(-1).value, name: lines[at].name}));
  // Labels of lines that end close to each other are moved apart.
  const gap = most * 0.075;
  const apart = [...ends].sort((a, b) => a.value - b.value);
  apart.forEach((label, at) => { label.y = at ? Math.max(label.value, apart[at - 1].y + gap) : label.value; });
  const events = marks.map(([date, number]) => ({date: day(date), number}));
  // Names stand at the ends of their lines, or above where the page is narrow.
  const isWide = width >= 560;
  const longest = Math.max(...lines.map(({name}) => name.length));
  const marginRight = isWide ? 16 + 7.6 * longest : 14;
  const pixels = (date) => ((date - start) / (end - start)) * (width - 42 - marginRight);
  const numbered = rowed(events, ({date}) => [pixels(date), pixels(date) + 18], 9);
  const days = phases.map((phase) => ({...phase, date: day(phase.date)}));
  const points = days.flatMap(({date, title, changed, values}) => values.map((value, at) => ({date, title, changed, value, at})).filter(({value}) => value !== null));
  // Half of a title stands on either side of its day, or all of it inside at the edges.
  const anchor = ({date, title}) => {
    const half = 3.8 * title.length;
    return pixels(date) < half ? "start" : pixels(date) > width - 42 - half ? "end" : "middle";
  };
  const over = rowed(days, (d) => {
    const length = 7.6 * d.title.length;
    const left = pixels(d.date) - {start: 0, middle: length / 2, end: length}[anchor(d)];
    return [left, left + length + 8];
  }, 4);
  const [marginTop, marginBottom] = [14 + 16 * (days.length ? over : 1), 40 + 15 * numbered];
  const svg = plot({
    width, height: 276 + marginTop + marginBottom, marginLeft: 42, marginRight, marginTop, marginBottom, style: STYLE, ariaDescription: summary,
    x: {type: "utc", domain: [start, end], label: null}, y: {domain: [0, most * 1.06], label: null},
    marks: [
      band ? rectX([band.map(day)], {x1: "0", x2: "1", fill: "#e7ebee"}) : null,
      gridY({stroke: "#cfd6da", strokeOpacity: 1}),
      axisY({tickSize: 0, label: "%", labelArrow: "none"}),
      axisX({ticks: ticks((end - start) / DAY, width), tickSize: 4}),
      ruleX(days, {x: "date", stroke: FAINT, strokeDasharray: "1 3"}),
      ...days.map((d) => text([d], {x: "date", text: "title", frameAnchor: "top", lineAnchor: "bottom", textAnchor: anchor(d), dy: -6 - 16 * d.row, fill: FAINT})),
      ...paths.flatMap((path, at) => [
        line(path, {x: "date", y: "value", curve: "step-after", stroke: LINES[at % LINES.length], strokeWidth: 2.4, strokeDasharray: DASHES[at % DASHES.length]})
      ]),
      text(isWide ? apart : [], {x: end, y: "y", text: "name", fill: (d) => LINES[d.at % LINES.length], textAnchor: "start", dx: 8, fontWeight: 600}),
      dot(points, {x: "date", y: "value", r: 4.5, strokeWidth: 2, stroke: (d) => LINES[d.at % LINES.length], fill: (d) => (d.changed ? "white" : LINES[d.at % LINES.length])}),
      dot(events, {x: "date", frameAnchor: "bottom", symbol: "triangle", r: 3, fill: INK}),
      ...Array.from({length: numbered}, (_, row) => row).map((row) => text(events.filter((d) => d.row === row), {x: "date", text: (d) => String(d.number), frameAnchor: "bottom", dy: 42 + 15 * row, fontWeight: 600})),
      tip(points, pointer({x: "date", y: "value", title: (d) => `${d.title}${d.changed ? " (what if)" : ""}\n${lines[d.at].name}: ${d.value.toFixed(1)} %`}))
    ]
  });
  const box = panel("", svg, summary);
  if (!isWide) box.prepend(key(lines.map(({name}, at) => ({name, colour: LINES[at % LINES.length], symbol: DASHES[at % DASHES.length] ? "\u254d\u254d" : "\u2501\u2501"}))));
  return [box];
}
