// The buttons under a figure: its table as CSV, its chart as SVG or PNG, a link to it.

/** Puts what the page says onto the reader's disk. */
function save(name, type, contents) {
  const url = URL.createObjectURL(contents instanceof Blob ? contents : new Blob([contents], {type}));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The table of a figure; a cell with a range becomes three columns, numbers are exact. */
export function csv(table) {
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows].map((row) => [...row.cells]);
  const ranged = heads.map((_, at) => rows.some((cells) => cells[at]?.dataset.low));
  const lines = [heads.flatMap((head, at) => (ranged[at] ? [head, `${head} low`, `${head} high`] : [head]))];
  for (const cells of rows) {
    lines.push(cells.flatMap((cell, at) => {
      const value = cell.dataset.value ?? cell.dataset.text ?? cell.textContent.trim();
      return ranged[at] ? [value, cell.dataset.low ?? "", cell.dataset.high ?? ""] : [value];
    }));
  }
  return lines.map((line) => line.map(quoted).join(",")).join("\n") + "\n";
}

const NS = "http://www.w3.org/2000/svg";

const MARGIN = 16;

/** Words in lines of at most `width` pixels, more or less. */
function wrapped(text, width, size) {
  const most = Math.floor(width / (0.58 * size));
  const lines = [""];
  for (const word of text.replace(/\s+/g, " ").trim().split(" ")) {
    const line = lines.at(-1);
    if (line && line.length + 1 + word.length > most) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines;
}

function label(text, x, y, size, weight) {
  const node = document.createElementNS(NS, "text");
  for (const [name, value] of Object.entries({x, y, "font-size": size, "font-weight": weight})) {
    node.setAttribute(name, value);
  }
  node.textContent = text;
  return node;
}

/** All panels of a figure as one drawing, with its title, subtitle and source. */
function drawing(figure) {
  const page = figure.querySelector(".chart").getBoundingClientRect();
  const whole = document.createElementNS(NS, "svg");
  const parts = [];
  let bottom = MARGIN;
  const write = (text, size, weight) => {
    for (const line of wrapped(text, page.width, size)) {
      bottom += 1.35 * size;
      parts.push(label(line, MARGIN, bottom, size, weight));
    }
  };
  write(figure.querySelector("h3").textContent, 17, 600);
  write(figure.querySelector(".subtitle").textContent, 13, 400);
  const head = bottom + MARGIN;
  for (const box of figure.querySelectorAll(".panel")) {
    const svg = box.querySelector(":scope > svg");
    const at = svg.getBoundingClientRect();
    const [x, y] = [at.left - page.left + MARGIN, at.top - page.top + head];
    const copy = svg.cloneNode(true);
    copy.setAttribute("x", x);
    copy.setAttribute("y", y);
    copy.setAttribute("font-size", "13");
    for (const entries of box.querySelectorAll(".key")) {
      for (const entry of entries.children) {
        const place = entry.getBoundingClientRect();
        const text = label(entry.textContent, place.left - page.left + MARGIN, place.bottom - page.top + head - 5, 12.5, 400);
        const mark = entry.firstElementChild;
        const symbol = label(mark.textContent, 0, 0, 12.5, 400);
        for (const name of ["x", "y"]) symbol.setAttribute(name, text.getAttribute(name));
        text.setAttribute("x", Number(text.getAttribute("x")) + mark.getBoundingClientRect().width + 4);
        text.textContent = entry.textContent.slice(mark.textContent.length + 1);
        symbol.setAttribute("fill", mark.style.color);
        parts.push(symbol, text);
      }
    }
    const title = box.querySelector(".panel-title");
    if (title) parts.push(label(title.textContent, x, y - 4, 13, 600));
    parts.push(copy);
  }
  bottom = head + page.height;
  write(figure.querySelector(".source").textContent, 10, 400);
  const [width, height] = [Math.ceil(page.width + 2 * MARGIN), Math.ceil(bottom + MARGIN)];
  for (const [name, value] of Object.entries({xmlns: NS, width, height, viewBox: `0 0 ${width} ${height}`, "font-family": "system-ui, sans-serif", fill: "#22303a"})) {
    whole.setAttribute(name, value);
  }
  const paper = document.createElementNS(NS, "rect");
  for (const [name, value] of Object.entries({width, height, fill: "white"})) paper.setAttribute(name, value);
  whole.append(paper, ...parts);
  return {text: new XMLSerializer().serializeToString(whole), width, height};
}

function picture({text, width, height}, done) {
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [2 * width, 2 * height];
    canvas.getContext("2d").drawImage(image, 0, 0, 2 * width, 2 * height);
    canvas.toBlob(done, "image/png");
  };
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
}

/** Gives the buttons of a figure their work; `link` tells its address. */
export function buttons(figure, link) {
  const on = (name, work) => figure.querySelector(`button[data-do="${name}"]`)?.addEventListener("click", work);
  on("csv", () => save(`${figure.id}.csv`, "text/csv", csv(figure.querySelector("table"))));
  on("svg", () => save(`${figure.id}.svg`, "image/svg+xml", drawing(figure).text));
  on("png", () => picture(drawing(figure), (blob) => save(`${figure.id}.png`, "image/png", blob)));
  on("link", ({currentTarget: button}) => {
    link(figure);
    const told = (text) => { button.textContent = text; setTimeout(() => { button.textContent = "Link"; }, 1500); };
    const written = navigator.clipboard?.writeText(location.href);
    if (written) written.then(() => told("Copied"), () => told("In the address bar"));
    else told("In the address bar");
  });
}
