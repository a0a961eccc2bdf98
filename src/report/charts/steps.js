// Rates as steps over days, one line a side; numbered events under the axis; the days of
// the scenario as points, hollow where it changes something on that day.

import {axisX, axisY, dot, gridY, line, plot, ruleX, text, tip, pointer} from "@observablehq/plot";
import {DASHES, FAINT, INK, LINES, STYLE, panel} from "./look.js";

const day = (text) => new Date(text + "T00:00:00Z");

/** `{from, to, lines: [{name, points: [[date, value]]}], marks: [[date, number]], phases: [{date, title, changed, values}]}` */
export function steps({from, to, lines, marks, phases}, width, summary) {
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
  const pixels = (date) => ((date - start) / (end - start)) * (width - 160);
  // Numbers that would stand on each other go to a row below.
  const last = [-1e9, -1e9, -1e9, -1e9];
  for (const event of events) {
    const free = last.findIndex((x) => pixels(event.date) - x >= 18);
    event.row = free < 0 ? 3 : free;
    last[event.row] = pixels(event.date);
  }
  const days = phases.map((phase) => ({...phase, date: day(phase.date)}));
  const points = days.flatMap(({date, title, changed, values}) => values.map((value, at) => ({date, title, changed, value, at})).filter(({value}) => value !== null));
  const svg = plot({
    width, height: 405, marginLeft: 42, marginRight: 118, marginTop: 30, marginBottom: 99, style: STYLE, ariaDescription: summary,
    x: {type: "utc", domain: [start, end], label: null}, y: {domain: [0, most * 1.06], label: null},
    marks: [
      gridY({stroke: "#cfd6da", strokeOpacity: 1}),
      axisY({tickSize: 0, label: "per cent", labelArrow: "none"}),
      axisX({ticks: width < 560 ? "3 months" : "2 months", tickSize: 4}),
      ruleX(days, {x: "date", stroke: FAINT, strokeDasharray: "1 3"}),
      text(days, {x: "date", text: "title", frameAnchor: "top", dy: -20, fill: FAINT, lineWidth: 8}),
      ...paths.flatMap((path, at) => [
        line(path, {x: "date", y: "value", curve: "step-after", stroke: LINES[at % LINES.length], strokeWidth: 2.4, strokeDasharray: DASHES[at % DASHES.length]})
      ]),
      text(apart, {x: end, y: "y", text: "name", fill: (d) => LINES[d.at % LINES.length], textAnchor: "start", dx: 8, fontWeight: 600}),
      dot(points, {x: "date", y: "value", r: 4.5, strokeWidth: 2, stroke: (d) => LINES[d.at % LINES.length], fill: (d) => (d.changed ? "white" : LINES[d.at % LINES.length])}),
      dot(events, {x: "date", frameAnchor: "bottom", symbol: "triangle", r: 3, fill: INK}),
      ...[0, 1, 2, 3].map((row) => text(events.filter((d) => d.row === row), {x: "date", text: (d) => String(d.number), frameAnchor: "bottom", dy: 42 + 15 * row, fontWeight: 600})),
      tip(points, pointer({x: "date", y: "value", title: (d) => `${d.title}${d.changed ? " (what if)" : ""}\n${lines[d.at].name}: ${d.value.toFixed(1)} %`}))
    ]
  });
  return [panel("", svg, summary)];
}
