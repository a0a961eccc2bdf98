// The app as its user has it: levers, scenarios, jobs, links, and a server that comes back.

import assert from "node:assert/strict";
import {mkdtempSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, before, test} from "node:test";
import {deflateRawSync} from "node:zlib";
import {accessible, browse, downloaded, fits, framed, frames, picture, quiet, serve, tabTo, watched} from "./page.mjs";

/** Long enough for a build without optimisation. */
const PATIENCE = 120_000;

let browser, server;
before(async () => {
  browser = await browse();
  server = await serve("--port", "0", "--limit", "60");
});
after(async () => {
  await browser?.close();
  await server?.end();
});

/** The truce with few draws and no strategy, as a link: the page begins with it, and is soon done. */
async function quick() {
  const {toml} = await (await fetch(`${server.address}/api/scenarios/truce-2025`)).json();
  const light = toml.replace(/draws(\s*)= 100/, "draws$1= 4").replace(/\[strategy\][^]*?\n\]\n/, "");
  assert.ok(light.length < toml.length && !light.includes("[strategy]"));
  const state = JSON.stringify({name: "light", toml: light, changes: []});
  return `/#s=${deflateRawSync(state).toString("base64url")}`;
}

async function opened(path, options) {
  const watch = await watched(browser, options);
  watch.page.setDefaultTimeout(PATIENCE);
  await watch.page.goto(server.address + (path ?? await quick()));
  await watch.page.waitForSelector("figure h3");
  return watch;
}

const drawn = (page) => page.evaluate(() => Number(document.documentElement.dataset.drawn ?? 0));
const idle = (page) => page.waitForFunction(() => !document.querySelector("#jobs .job") && !document.querySelector(".stale"), null, {timeout: PATIENCE, polling: 200});
const income = (page) => page.locator("#real-income tbody").textContent();

async function after_drawing(page, act) {
  const before = await drawn(page);
  await act();
  await page.waitForFunction((was) => Number(document.documentElement.dataset.drawn) > was, before);
}

test("the scenario is shown whole, in frames, to everybody", async () => {
  const watch = await opened("/");
  const {page} = watch;
  await idle(page);
  framed(await frames(page), false);
  for (const id of ["findings", "tariffs", "welfare", "strategy", "methods"]) assert.equal(await page.locator(`section#${id}`).count(), 1, id);
  await accessible(page);
  await picture(page, "app");
  quiet(watch);
  await watch.context.close();
});

test("a lever moves the figures, and goes back", async () => {
  const watch = await opened();
  const {page} = watch;
  await idle(page);
  const first = await income(page);
  const slider = page.locator("#places details[open] .lever input[type=range]").first();
  const box = await slider.boundingBox();
  await after_drawing(page, async () => {
    await page.mouse.move(box.x + 0.3 * box.width, box.y + box.height / 2);
    await page.mouse.down();
    for (const part of [0.4, 0.5, 0.6, 0.7]) await page.mouse.move(box.x + part * box.width, box.y + box.height / 2, {steps: 3});
    await page.mouse.up();
  });
  await page.waitForFunction((was) => document.querySelector("#real-income tbody").textContent !== was, first);
  await picture(page, "app-moved", {fullPage: false});
  await idle(page);
  assert.notEqual(await income(page), first);
  const saved = await downloaded(page, () => page.locator("#save").click());
  assert.match(saved.bytes.toString(), /set\s*=|further-duty/, "the lever is in the text");
  await after_drawing(page, () => page.locator(".lever .slide button:visible").first().click());
  await idle(page);
  assert.equal(await income(page), first, "back where it was");
  quiet(watch);
  await watch.context.close();
});

test("a link holds the whole state", async () => {
  const watch = await opened();
  const {page} = watch;
  await idle(page);
  const field = page.locator("#places details[open] .lever input[type=number]").first();
  await after_drawing(page, async () => {
    await field.fill("44");
    await field.press("Enter");
  });
  await idle(page);
  await page.locator("#link").click();
  await page.waitForFunction(() => document.querySelector("#status").textContent.includes("link"));
  const again = await opened(new URL(page.url()).pathname + new URL(page.url()).hash);
  await idle(again.page);
  assert.equal(await income(again.page), await income(page));
  assert.equal(await again.page.locator("#places .lever input[type=number]").evaluateAll((all) => all.filter(({value}) => value === "44").length), 1);
  quiet(watch);
  quiet(again);
  await watch.context.close();
  await again.context.close();
});

test("scenarios are chosen, compared, made, opened and refused", async () => {
  const watch = await opened();
  const {page} = watch;
  await idle(page);
  await page.locator("#compare-with").selectOption("unmoved");
  await page.waitForSelector("#comparison figure");
  await picture(page, "app-compared", {fullPage: false});
  await page.locator("#compare-with").selectOption("");
  await page.waitForSelector("#comparison", {state: "detached"});

  await page.locator("#scenario").selectOption("two-readings-2025");
  await page.waitForFunction(() => !document.querySelector("#reading").hidden);
  await idle(page);
  const options = await page.locator("#reading option").allTextContents();
  await page.locator("#reading select").selectOption(options[1]);
  assert.ok((await page.locator(`[data-reading="${options[1]}"]:visible`).count()) > 0);
  await picture(page, "app-readings", {fullPage: false});

  await page.locator("#new").click();
  await page.locator("#dialog select").first().selectOption("icio-2022");
  await page.locator("#dialog button[type=submit]").click();
  await page.waitForFunction(() => document.querySelector("#scenario option:checked").textContent.includes("yours"));
  await idle(page);
  assert.match(await page.locator("#title").textContent(), /what-if/i);

  await page.locator("#text").click();
  const area = page.locator("#dialog textarea");
  const text = await area.inputValue();
  await area.fill(text.replace(/actors\s*=.*/, 'actors = ["USA", "CHM"]'));
  await page.locator("#dialog button[type=submit]").click();
  await page.waitForSelector("#dialog .problem:visible");
  assert.match(await page.locator("#dialog .problem").textContent(), /unknown region `CHM`[^]*did you mean/);
  await picture(page, "app-refused", {fullPage: false});
  await page.keyboard.press("Escape");

  const file = join(mkdtempSync(join(tmpdir(), "detente-")), "mine.toml");
  writeFileSync(file, text.replace(/title\s*=.*/, 'title = "From my disk"'));
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.locator("#open").click()]);
  await chooser.setFiles(file);
  await page.waitForFunction(() => document.querySelector("#title").textContent === "From my disk");
  await idle(page);
  // A refusal of the server is a line in the console of the browser, and no error of the page.
  watch.told = watch.told.filter((line) => !/status of 4\d\d/.test(line));
  quiet(watch);
  await watch.context.close();
});

test("the model and the days are chosen", async () => {
  const watch = await opened();
  const {page} = watch;
  await idle(page);
  const first = await income(page);
  await after_drawing(page, () => page.locator("#settings label", {hasText: "Deficits"}).locator("select").selectOption("zero"));
  await idle(page);
  assert.notEqual(await income(page), first);
  const day = page.locator("#settings input[type=date]").last();
  await after_drawing(page, async () => {
    await day.fill("2025-12-01");
    await day.press("Enter");
    await day.blur();
  });
  await idle(page);
  assert.match(await page.locator("#sections").textContent(), /2025-12-01/);
  quiet(watch);
  await watch.context.close();
});

test("everything is taken away", async () => {
  const watch = await opened();
  const {page} = watch;
  await idle(page);
  const all = await downloaded(page, () => page.locator("#csv").click());
  assert.match(all.bytes.toString(), /^run,scenario,reading,date,week,region,partner,sector,variable,unit,value,low,high\n/);
  const parquet = await downloaded(page, () => page.locator("#parquet").click());
  assert.equal(parquet.bytes.subarray(0, 4).toString(), "PAR1");
  const report = await downloaded(page, () => page.locator("#report-file").click());
  assert.match(report.bytes.toString(), /^<!DOCTYPE html>/);
  for (const kind of ["CSV", "SVG", "PNG"]) {
    const {bytes} = await downloaded(page, () => page.locator("#real-income .buttons button", {hasText: kind}).click());
    assert.ok(bytes.length > 100, kind);
  }
  quiet(watch);
  await watch.context.close();
});

test("long work shows how far it is, and is ended", async () => {
  const watch = await opened();
  const {page} = watch;
  await idle(page);
  await page.locator("#draws").click();
  await page.waitForSelector("#jobs .job progress[value]");
  await picture(page, "app-job", {fullPage: false});
  await page.locator("#jobs .job button").click();
  await page.waitForSelector("#jobs .job", {state: "detached"});
  quiet(watch);
  await watch.context.close();
});

test("the keyboard alone moves a lever", async () => {
  const watch = await opened();
  const {page} = watch;
  await idle(page);
  await page.locator("#scenario").focus();
  await tabTo(page, "#places .lever input[type=range]");
  const name = await page.evaluate(() => document.activeElement.labels[0].textContent);
  assert.ok(name.length > 3, name);
  await after_drawing(page, () => page.keyboard.press("ArrowRight"));
  await page.keyboard.press("Home");
  assert.equal(await page.evaluate(() => document.activeElement.type), "range", "the focus stays");
  await idle(page);
  quiet(watch);
  await watch.context.close();
});

test("a narrow window, and no motion", async () => {
  const watch = await opened(undefined, {viewport: {width: 360, height: 740}, reducedMotion: "reduce"});
  await idle(watch.page);
  await fits(watch.page);
  await picture(watch.page, "app-narrow");
  quiet(watch);
  await watch.context.close();
});

test("the page survives a restart of the server", async () => {
  const own = await serve("--port", "0", "--limit", "60");
  const port = new URL(own.address).port;
  const watch = await watched(browser);
  const {page} = watch;
  page.setDefaultTimeout(PATIENCE);
  await page.goto(own.address + await quick());
  await page.waitForSelector("#places details[open] .lever");
  await idle(page);
  await own.end();
  const field = page.locator("#places details[open] .lever input[type=number]").first();
  await field.fill("46");
  await field.press("Enter");
  await page.waitForSelector("#trouble:visible");
  assert.match(await page.locator("#trouble").textContent(), /goes on when it is back/);
  const back = await serve("--port", port, "--limit", "60");
  await page.waitForSelector("#trouble", {state: "hidden"});
  await idle(page);
  assert.equal(await field.inputValue(), "46");
  // The browser's own lines about a server that was not there.
  watch.told = watch.told.filter((line) => !/ERR_CONNECTION_REFUSED/.test(line));
  quiet(watch);
  await watch.context.close();
  await back.end();
});
