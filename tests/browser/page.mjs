// A real browser for the tests: Debian's Chromium, or the one that CHROMIUM names, driven by
// playwright-core. A page that asks for anything beyond loopback, or writes an error into its
// console, fails its test.

import assert from "node:assert/strict";
import {mkdirSync, mkdtempSync, readFileSync} from "node:fs";
import {spawn, spawnSync} from "node:child_process";
import {tmpdir} from "node:os";
import {dirname, join, resolve} from "node:path";
import {createInterface} from "node:readline";
import {fileURLToPath} from "node:url";
import {chromium} from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
export const project = resolve(here, "../..");
export const pictures = join(here, "pictures");
mkdirSync(pictures, {recursive: true});

const target = process.env.CARGO_TARGET_DIR ?? join(project, "target");
export const detente = process.env.DETENTE ?? join(target, "debug", "detente");

const axe = readFileSync(join(here, "node_modules/axe-core/axe.min.js"), "utf8");

/** Debian wraps its browser in a script that may lie anywhere on the path. */
function executable() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    const found = spawnSync("which", [name], {encoding: "utf8"}).stdout.trim();
    if (found) return found;
  }
  throw new Error("no Chromium: install the package chromium, or name one in CHROMIUM");
}

export const browse = () => chromium.launch({executablePath: executable(), args: ["--no-sandbox", "--disable-gpu"]});

/** A page that is watched: `told` are errors of its console, `asked` the addresses it asked for. */
export async function watched(browser, options = {}) {
  const context = await browser.newContext({viewport: {width: 1280, height: 900}, acceptDownloads: true, ...options});
  await context.grantPermissions(["clipboard-read", "clipboard-write"]).catch(() => {});
  const page = await context.newPage();
  const told = [];
  const asked = [];
  page.on("console", (message) => message.type() === "error" && told.push(message.text()));
  page.on("pageerror", (error) => told.push(String(error)));
  page.on("request", (request) => asked.push(request.url()));
  return {page, told, asked, context};
}

const AT_HOME = /^(file:|data:|blob:|about:|https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?\/)/;

/** Nothing was asked of anybody else, and nothing went wrong. */
export function quiet({told, asked}) {
  assert.deepEqual(asked.filter((url) => !AT_HOME.test(url)), [], "requests beyond loopback");
  assert.deepEqual(told, [], "errors in the console");
}

/** No serious problem for people who use a keyboard, a screen reader, or weak eyes. */
export async function accessible(page) {
  await page.evaluate(axe);
  const {violations} = await page.evaluate(() => globalThis.axe.run(document, {resultTypes: ["violations"]}));
  const serious = violations
    .filter(({impact}) => impact === "serious" || impact === "critical")
    .map(({id, help, nodes}) => `${id}: ${help}\n  ${nodes.slice(0, 5).map(({html, failureSummary}) => `${html.slice(0, 160)}\n  ${failureSummary}`).join("\n  ")}`);
  assert.deepEqual(serious, [], "axe-core found serious problems");
}

export const picture = (page, name, options = {}) => page.screenshot({path: join(pictures, `${name}.png`), fullPage: true, ...options});

/** Nothing is wider than the window. */
export async function fits(page) {
  const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(wide <= window, `the page is ${wide} pixels wide in a window of ${window}`);
}

/** Runs a scenario and gives the address of its report. */
export function report(scenario) {
  const out = join(mkdtempSync(join(tmpdir(), "detente-")), "out");
  const run = spawnSync(detente, ["run", join(project, "scenarios", scenario), "--out", out, "-q"], {encoding: "utf8"});
  assert.equal(run.status, 0, run.stderr ?? String(run.error));
  return `file://${join(out, "report.html")}`;
}

/** A server of the app: its address, and a way to end it. */
export async function serve(...options) {
  const child = spawn(detente, ["serve", ...options], {stdio: ["ignore", "pipe", "inherit"]});
  const ended = new Promise((done) => child.on("exit", done));
  const address = await new Promise((found, failed) => {
    createInterface({input: child.stdout}).on("line", (line) => {
      const url = /https?:\/\/\S+/.exec(line)?.[0];
      if (url) found(url.replace(/\/$/, ""));
    });
    child.on("error", failed);
    child.on("exit", (code) => failed(new Error(`detente serve ended with ${code}`)));
  });
  return {address, end: async () => { child.kill("SIGTERM"); return ended; }};
}

/** Every figure of the page with what the ten rules ask of it. */
export const frames = (page) => page.evaluate(() => [...document.querySelectorAll("figure")].filter((figure) => !figure.closest("[hidden]")).map((figure) => ({
  id: figure.id,
  title: figure.querySelector("h3")?.textContent.trim(),
  subtitle: figure.querySelector(".subtitle")?.textContent.trim(),
  summary: figure.querySelector(".summary")?.textContent.trim(),
  source: figure.querySelector(".source")?.textContent.trim(),
  rows: figure.querySelectorAll("tbody tr").length,
  buttons: [...figure.querySelectorAll(".buttons button")].map((button) => button.textContent.trim()),
  charts: figure.querySelector(".chart") ? figure.querySelectorAll(".chart svg[role=img][aria-label]").length : null
})));

export function framed(all, drawn) {
  assert.ok(all.length > 5, `only ${all.length} figures`);
  assert.equal(new Set(all.map(({id}) => id)).size, all.length, "ids are unique");
  for (const {id, title, subtitle, summary, source, rows, buttons, charts} of all) {
    for (const [name, text] of Object.entries({title, subtitle, summary, source})) {
      assert.ok(text, `${id} has no ${name}`);
      assert.doesNotMatch(text, /undefined|NaN|Infinity|\[object/, `${id}: ${name}`);
    }
    assert.match(summary, /[.?!]$/, `${id}: the summary is a sentence`);
    assert.ok(rows > 0, `${id} has no table`);
    assert.ok(buttons.includes("CSV") && buttons.includes("Link"), `${id}: ${buttons}`);
    if (charts !== null) {
      assert.ok(buttons.includes("SVG") && buttons.includes("PNG"), `${id}: ${buttons}`);
      if (drawn) assert.ok(charts > 0, `${id} is not drawn`);
    }
  }
}

/** What a download of a button holds. */
export async function downloaded(page, click) {
  const [file] = await Promise.all([page.waitForEvent("download"), click()]);
  return {name: file.suggestedFilename(), bytes: readFileSync(await file.path())};
}

/** Goes on with Tab until something that `selector` names has the focus. */
export async function tabTo(page, selector, most = 400) {
  for (let step = 0; step < most; step += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return step;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not lead to ${selector}`);
}
