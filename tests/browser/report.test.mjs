// The report as a reader opens it: from disk, without a network.

import assert from "node:assert/strict";
import {after, before, test} from "node:test";
import {accessible, browse, downloaded, fits, framed, frames, picture, quiet, report, tabTo, watched} from "./page.mjs";

let browser, truce, readings;
before(async () => {
  browser = await browse();
  truce = report("truce-2025.toml");
  readings = report("two-readings-2025.toml");
});
after(() => browser?.close());

/** A report, scrolled through once so that every drawing is there. */
async function opened(url, options) {
  const watch = await watched(browser, options);
  await watch.page.goto(url);
  await seen(watch.page);
  return watch;
}

const seen = (page) => page.evaluate(async () => {
  for (let y = 0; y < document.documentElement.scrollHeight; y += 600) {
    window.scrollTo(0, y);
    await new Promise((go) => requestAnimationFrame(() => setTimeout(go, 20)));
  }
  window.scrollTo(0, 0);
});

test("every figure has its frame and its drawing", async () => {
  for (const [name, url] of Object.entries({truce, readings})) {
    const watch = await opened(url);
    framed(await frames(watch.page), true);
    await picture(watch.page, `report-${name}`);
    quiet(watch);
    await watch.context.close();
  }
});

test("nobody is shut out", async () => {
  for (const url of [truce, readings]) {
    const watch = await opened(url);
    await accessible(watch.page);
    quiet(watch);
    await watch.context.close();
  }
});

test("a narrow window shows all of it", async () => {
  const watch = await opened(truce, {viewport: {width: 360, height: 740}});
  await fits(watch.page);
  await picture(watch.page, "report-narrow");
  await watch.page.setViewportSize({width: 1100, height: 800});
  await seen(watch.page);
  framed(await frames(watch.page), true);
  quiet(watch);
  await watch.context.close();
});

test("a table is sorted, and the address keeps it", async () => {
  const watch = await opened(truce);
  const {page} = watch;
  const figure = page.locator("figure#bystanders");
  await figure.locator("summary").first().click();
  const heads = figure.locator("thead th button");
  const column = (at) => figure.locator(`tbody tr td:nth-child(${at})[data-value]`).evaluateAll((cells) => cells.map((cell) => Number(cell.dataset.value)));
  await heads.nth(1).click();
  const up = await column(2);
  assert.deepEqual(up, [...up].sort((a, b) => a - b));
  await heads.nth(1).click();
  const down = await column(2);
  assert.deepEqual(down, [...up].reverse());
  assert.equal(await figure.locator("thead th").nth(1).getAttribute("aria-sort"), "descending");
  const again = await opened(page.url());
  const kept = await again.page.locator("figure#bystanders tbody tr td:nth-child(2)[data-value]").evaluateAll((cells) => cells.map((cell) => Number(cell.dataset.value)));
  assert.deepEqual(kept, down);
  quiet(watch);
  await watch.context.close();
  await again.context.close();
});

test("figures and tables are taken away", async () => {
  const watch = await opened(truce);
  const {page} = watch;
  const button = (name) => () => page.locator("figure#real-income .buttons button", {hasText: name}).click();
  const csv = await downloaded(page, button("CSV"));
  assert.match(csv.bytes.toString(), /^Region.*\n.*\d/);
  const svg = await downloaded(page, button("SVG"));
  assert.match(svg.bytes.toString(), /^<svg[^>]*>.*real income/is);
  const png = await downloaded(page, button("PNG"));
  assert.equal(png.bytes.subarray(1, 4).toString(), "PNG");
  assert.ok(png.bytes.length > 10_000);
  quiet(watch);
  await watch.context.close();
});

test("the keyboard alone does everything", async () => {
  const watch = await opened(truce);
  const {page} = watch;
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await tabTo(page, "figure#real-income summary");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.notEqual(outline, "none", "the focus is seen");
  await page.keyboard.press("Enter");
  await tabTo(page, "figure#real-income thead th button");
  await page.keyboard.press("Space");
  assert.equal(await page.locator("figure#real-income th[aria-sort]").count(), 1);
  await tabTo(page, "figure#real-income button[data-do=link]");
  await page.keyboard.press("Enter");
  assert.match(page.url(), /figure=real-income/);
  quiet(watch);
  await watch.context.close();
});

test("another reading is shown", async () => {
  const watch = await opened(readings);
  const {page} = watch;
  const shown = () => page.locator("figure:visible").evaluateAll((figures) => figures.map((figure) => figure.textContent).join());
  const first = await shown();
  const options = await page.locator("#reading option").allTextContents();
  assert.ok(options.length > 1, options.join());
  await page.locator("#reading select").selectOption(options[1]);
  assert.notEqual(await shown(), first);
  await seen(page);
  framed(await frames(page), true);
  const again = await opened(page.url());
  assert.equal(await again.page.locator("#reading select").inputValue(), options[1]);
  quiet(watch);
  await watch.context.close();
  await again.context.close();
});

test("who wants no motion has none", async () => {
  const watch = await opened(truce, {reducedMotion: "reduce"});
  const moving = await watch.page.evaluate(() => [document.documentElement, ...document.querySelectorAll("body *")].filter((element) => {
    const style = getComputedStyle(element);
    return style.scrollBehavior === "smooth" || parseFloat(style.transitionDuration) > 0 || (style.animationName !== "none" && parseFloat(style.animationDuration) > 0);
  }).length);
  assert.equal(moving, 0);
  quiet(watch);
  await watch.context.close();
});

test("paper has every drawing and every table", async () => {
  const watch = await watched(browser);
  await watch.page.goto(truce);
  const pdf = await watch.page.pdf({format: "A4"});
  assert.ok(pdf.length > 100_000, `${pdf.length} bytes`);
  await watch.page.emulateMedia({media: "print"});
  await watch.page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  framed(await frames(watch.page), true);
  const closed = await watch.page.locator("figure > details:not([open])").count();
  assert.equal(closed, 0);
  await picture(watch.page, "report-print");
  quiet(watch);
  await watch.context.close();
});

test("without its script the page still says it all", async () => {
  const watch = await watched(browser, {javaScriptEnabled: false});
  await watch.page.goto(truce);
  assert.ok((await watch.page.locator(".findings li").count()) > 2);
  assert.ok((await watch.page.locator("tbody tr").count()) > 50);
  await watch.context.close();
});
