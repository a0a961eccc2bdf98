// The countries of the world as the map draws them: outlines and three-letter codes.
//
// Outlines are those of world-atlas (Natural Earth, public domain) at 1 : 110 million,
// rounded to what a drawing as wide as a page can show; Antarctica is left out. A place too
// small to have an outline there is a dot in the middle of its outline at 1 : 50 million.
// Codes are those of the table of jurisdictions, by the number of the United Nations, or by
// name where the atlas has no number. A place without a code has an outline and no name.

import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {join} from "node:path";
import {feature} from "topojson-client";
import {geoCentroid} from "d3-geo";

const COARSER = 8;
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const LEFT_OUT = new Set(["Antarctica", "Fr. S. Antarctic Lands"]);

/** Where the table of jurisdictions is, seen from the folder of the charts. */
export const JURISDICTIONS = "../../../data/ledgers/gta-jurisdictions.csv";

/** Whole numbers in letters, five bits each, the last of a number without the sixth bit. */
function written(numbers) {
  let text = "";
  for (const number of numbers) {
    let rest = number < 0 ? -2 * number - 1 : 2 * number;
    while (rest >= 32) {
      text += DIGITS[32 + (rest % 32)];
      rest = Math.floor(rest / 32);
    }
    text += DIGITS[rest];
  }
  return text;
}

/** A path of differences on a coarser grid, without points that fall together. */
function coarser(arc) {
  const path = [];
  let [x, y] = [0, 0];
  for (const [dx, dy] of arc) {
    [x, y] = [x + dx, y + dy];
    const point = [Math.round(x / COARSER), Math.round(y / COARSER)];
    const last = path.at(-1);
    if (!last || last[0] !== point[0] || last[1] !== point[1]) path.push(point);
  }
  if (path.length === 1) path.push(path[0]);
  return path.flatMap(([px, py], at) => (at ? [px - path[at - 1][0], py - path[at - 1][1]] : [px, py]));
}

/** `{scale, translate, arcs: [letters], shapes: [[code, polygons]], dots: [[code, longitude, latitude]]}` */
export function atlas(folder) {
  const load = createRequire(join(folder, "build.mjs"));
  const lines = readFileSync(join(folder, JURISDICTIONS), "utf8").trim().split("\n").slice(1).map((line) => line.split(","));
  const byNumber = new Map(lines.map(([number, code]) => [number.padStart(3, "0"), code]));
  const byName = new Map(lines.map(([, code, name]) => [name, code]));
  const code = ({id, properties: {name}}) => (id ? byNumber.get(id) : byName.get(name)) ?? "";
  const [coarse, fine] = ["110m", "50m"].map((scale) => load(`world-atlas/countries-${scale}.json`));
  const drawn = coarse.objects.countries.geometries.filter(({properties: {name}}) => !LEFT_OUT.has(name));
  const used = [];
  const place = (arc) => {
    const positive = arc < 0 ? ~arc : arc;
    if (!used.includes(positive)) used.push(positive);
    const at = used.indexOf(positive);
    return arc < 0 ? ~at : at;
  };
  const shapes = drawn.map((shape) => {
    const polygons = shape.type === "Polygon" ? [shape.arcs] : shape.arcs;
    return [code(shape), polygons.map((rings) => rings.map((ring) => ring.map(place)))];
  });
  const outlined = new Set(shapes.map(([name]) => name));
  const dots = fine.objects.countries.geometries
    .filter((shape) => code(shape) && !outlined.has(code(shape)))
    .map((shape) => [code(shape), ...geoCentroid(feature(fine, shape)).map((degrees) => Math.round(10 * degrees) / 10)]);
  const {scale, translate} = coarse.transform;
  return {
    scale: scale.map((step) => step * COARSER),
    translate,
    arcs: used.map((at) => written(coarser(coarse.arcs[at]))),
    shapes: shapes.sort(([a], [b]) => (a < b ? -1 : 1)),
    dots: dots.sort(([a], [b]) => (a < b ? -1 : 1))
  };
}
