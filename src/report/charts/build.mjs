// Bundles the charts for the report (bundle.js) and, with the page around them, for the app
// (src/app/page/bundle.js), and collects the licences of what is in them.
//
//   npm ci && npm run build    writes both bundles, places.txt and LICENSES.txt
//   npm run check              fails if they are not what the sources give
//
// places.txt are the codes of the places on the map, for the program. The first line of a
// bundle is the SHA-256 of its sources, of the lock file and of the table of codes, so that
// a test without npm can tell when the bundle is older than they are.

import {createHash} from "node:crypto";
import {existsSync, readFileSync, readdirSync, writeFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {fileURLToPath} from "node:url";
import {build} from "esbuild";
import {JURISDICTIONS, atlas} from "./atlas.mjs";

const folder = dirname(fileURLToPath(import.meta.url));
const generated = new Set(["bundle.js"]);

/** Where the page of the app stands. */
const PAGE = "../../app/page";

/** The scripts of a folder, in alphabetical order. */
const scripts = (at) => readdirSync(join(folder, at))
  .filter((name) => /\.m?js$/.test(name) && !generated.has(name))
  .sort()
  .map((name) => join(at, name));

/** Files that decide what the report's bundle is, and what the app's is. */
const charts = [...scripts("."), "package-lock.json"].sort().concat(JURISDICTIONS);
const page = [...charts, ...scripts(PAGE)];

const hashed = (sources) => {
  const hash = createHash("sha256");
  for (const name of sources) hash.update(readFileSync(join(folder, name)));
  return hash.digest("hex");
};

const countries = atlas(folder);
const drawn = {
  name: "atlas",
  setup({onResolve, onLoad}) {
    onResolve({filter: /^atlas$/}, () => ({path: "countries", namespace: "atlas"}));
    onLoad({filter: /.*/, namespace: "atlas"}, () => ({contents: JSON.stringify(countries), loader: "json"}));
  }
};

/** A bundle of `entry`, whose first line tells what it was made of. */
const bundled = async (entry, sources) => {
  const {outputFiles, metafile} = await build({
    absWorkingDir: folder,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "iife",
    charset: "utf8",
    target: "es2022",
    legalComments: "none",
    banner: {js: `/* sources ${hashed(sources)}; licences: src/report/charts/LICENSES.txt */`},
    metafile: true,
    plugins: [drawn],
    write: false,
    outfile: "bundle.js"
  });
  return {text: outputFiles[0].text, inputs: Object.entries(Object.values(metafile.outputs)[0].inputs)};
};

const report = await bundled("main.js", charts);
const app = await bundled(join(PAGE, "main.js"), page);

/** The packages of the bundles: their folders under node_modules. */
const packages = new Set(["world-atlas"]);
for (const [input, {bytesInOutput}] of [...report.inputs, ...app.inputs]) {
  const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
  if (found && bytesInOutput > 0) packages.add(found[1]);
}

const licences = [...packages].sort().map((name) => {
  const at = join(folder, "node_modules", name);
  const {version, license} = JSON.parse(readFileSync(join(at, "package.json"), "utf8"));
  const file = ["LICENSE", "LICENSE.md", "LICENSE.txt", "UNLICENSE"].find((file) => existsSync(join(at, file)));
  const text = file ? readFileSync(join(at, file), "utf8").trim() : "(the package comes without a text)";
  return `${name} ${version}, ${license}\n\n${text}\n`;
});

const written = {
  "bundle.js": report.text,
  [join(PAGE, "bundle.js")]: app.text,
  "places.txt": [countries.shapes, countries.dots].map((places) => places.map(([code]) => code).filter(Boolean).join(" ") + "\n").join(""),
  "LICENSES.txt": "The bundles of the report and of the app contain parts of these packages.\n\n" + licences.join("\n" + "-".repeat(78) + "\n\n")
};

const stale = Object.entries(written).filter(([name, text]) => {
  const at = join(folder, name);
  return !existsSync(at) || readFileSync(at, "utf8") !== text;
});
if (process.argv.includes("--check")) {
  for (const [name] of stale) console.error(`${join("src/report/charts", name)} is not what its sources give: npm run build`);
  process.exitCode = stale.length ? 1 : 0;
} else {
  for (const [name, text] of Object.entries(written)) writeFileSync(join(folder, name), text);
}
