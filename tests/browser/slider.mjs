// How long is it from a move of a slider to the figures? Fifty moves, measured in the page.
//
//   cargo build --release && DETENTE=target/release/detente npm run slider

import {browse, serve, watched} from "./page.mjs";

const MOVES = 50;
const server = await serve("--port", "0");
const browser = await browse();
process.on("uncaughtException", async (failure) => {
  console.error(failure);
  await browser.close();
  await server.end();
  process.exit(1);
});
const {page} = await watched(browser);
await page.goto(server.address);
await page.waitForSelector("#places details[open] .lever");
await page.waitForFunction(() => !document.querySelector("#jobs .job") && !document.querySelector(".stale"), null, {timeout: 120_000});
await page.locator("#real-income").scrollIntoViewIfNeeded();
const times = await page.evaluate(async (moves) => {
  const slider = document.querySelector("#places details[open] .lever input[type=range]");
  const [least, most] = [Number(slider.min), Number(slider.max)];
  const root = document.documentElement;
  const found = [];
  for (let move = 0; move < moves; move += 1) {
    const before = Number(root.dataset.drawn);
    const start = performance.now();
    slider.value = least + ((move * 37) % 97) / 97 * (most - least);
    slider.dispatchEvent(new Event("input", {bubbles: true}));
    while (Number(root.dataset.drawn) === before) await new Promise((go) => setTimeout(go, 1));
    // Painted, too.
    await new Promise((go) => requestAnimationFrame(() => setTimeout(go, 0)));
    found.push(performance.now() - start);
  }
  return found;
}, MOVES);
times.sort((a, b) => a - b);
const at = (part) => times[Math.floor(part * (times.length - 1))].toFixed(0);
console.log(`slider to figures, ${MOVES} moves: median ${at(0.5)} ms, from ${at(0)} to ${at(1)} ms, nine of ten within ${at(0.9)} ms`);
await browser.close();
await server.end();
