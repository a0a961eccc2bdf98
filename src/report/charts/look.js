// Colours, numbers and panels that all charts share.

/** Told apart by people who do not see red and green, and on grey paper by their lightness. */
export const RISE = "#1f6f8b";
export const FALL = "#b5482a";
export const LINES = ["#174f86", "#b5482a", "#5a6b1f", "#7a3e8c", "#1f7a6d", "#6b4a1f"];
export const DASHES = [null, "7 3", "2 3", "9 3 2 3", "4 4", "1 4"];
export const INK = "#22303a";
export const FAINT = "#5d6b75";

export const STYLE = {fontFamily: "inherit", fontSize: "13px", color: INK, background: "none", overflow: "visible"};

/** A number as the tables write it. */
export function number(value, digits) {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return "0";
  return (value < 0 ? "\u2212" : "+") + text;
}

/** Digits that tell numbers of a range apart. */
export function digitsFor(largest) {
  if (largest >= 100) return 0;
  if (largest >= 3) return 1;
  if (largest >= 0.03 || !(largest > 0)) return 2;
  return Math.min(7, Math.ceil(-Math.log10(largest)) + 1);
}

/** A number of an axis, without zeros at its end. */
export const tick = (value, digits) => number(value, Math.max(2, digits)).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");

/** Smallest and largest of all finite numbers, 0 included. */
export function extent(values) {
  const finite = values.filter(Number.isFinite);
  return [Math.min(0, ...finite), Math.max(0, ...finite)];
}

/** Names with their marks in a row above a drawing: `[{name, colour, symbol}]`, the symbol a letter. */
export function key(entries) {
  const row = document.createElement("p");
  row.className = "key";
  for (const {name, colour, symbol} of entries) {
    const mark = document.createElement("span");
    mark.textContent = symbol;
    mark.style.color = colour;
    const entry = document.createElement("span");
    entry.append(mark, ` ${name}`);
    row.append(entry);
  }
  return row;
}

/**
 * Pixels that labels take at the left, how high a row of them is, and how an axis writes
 * them: in two lines where the page is narrow, cut where that is not enough. The table has
 * all of each.
 */
export function labels(texts, width, height) {
  const [size, letter] = width < 560 ? [11, 6.2] : [13, 7.3];
  const marginLeft = Math.min((width < 560 ? 0.4 : 0.45) * width, 16 + letter * Math.max(...texts.map((text) => text.length)));
  const most = Math.floor((marginLeft - 12) / letter);
  const isLong = texts.some((text) => text.length > most);
  const cut = (text) => (text.length > 1.8 * most ? text.slice(0, Math.floor(1.8 * most) - 1).trimEnd() + "\u2026" : text);
  return {marginLeft, row: isLong ? Math.max(height, 2.5 * size) : height, axis: {tickSize: 0, tickFormat: cut, fontSize: size, lineWidth: (marginLeft - 12) / size}};
}

/** A panel: its title and its drawing, which is told to screen readers by its summary. */
export function panel(title, svg, summary) {
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", title ? `${title}: ${summary}` : summary);
  // The drawing is one picture; its parts have no role that could be named.
  for (const part of svg.querySelectorAll("g[aria-label]")) part.removeAttribute("aria-label");
  const box = document.createElement("div");
  box.className = "panel";
  if (title) {
    const head = document.createElement("p");
    head.className = "panel-title";
    head.textContent = title;
    box.append(head);
  }
  box.append(svg);
  return box;
}
