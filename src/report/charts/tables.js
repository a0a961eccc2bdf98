// Tables that are sorted by the button in a column's head; numbers by their exact value.

const key = (cell) => (cell.dataset.value === undefined ? cell.dataset.text ?? cell.textContent.trim() : Number(cell.dataset.value));

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "number") return -1;
  if (typeof b === "number") return 1;
  return a.localeCompare(b, "en", {numeric: true});
}

/** Makes every head of a table a button. */
export function sortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const falls = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", falls ? "descending" : "ascending");
      const rows = [...table.tBodies[0].rows].sort((a, b) => (falls ? -1 : 1) * compare(key(a.cells[at]), key(b.cells[at])));
      table.tBodies[0].append(...rows);
    });
  });
}
