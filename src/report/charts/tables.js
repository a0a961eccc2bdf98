// Tables that are sorted by the button in a column's head; numbers by their exact value.

const key = (cell) => (cell.dataset.value === undefined ? cell.dataset.text ?? cell.textContent.trim() : Number(cell.dataset.value));

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "number") return -1;
  if (typeof b === "number") return 1;
  return a.localeCompare(b, "en", {numeric: true});
}

/** How a table is sorted: the number of its column, from 1, negative where numbers fall; 0 as it came. */
export const sorting = (table) => Number(table.dataset.sorted ?? 0);

/** Sorts a table; a column that is not there changes nothing. */
export function sort(table, column) {
  const heads = [...table.tHead.rows[0].cells];
  const at = Math.abs(column) - 1;
  if (!heads[at] || sorting(table) === column) return;
  heads.forEach((head) => head.removeAttribute("aria-sort"));
  heads[at].setAttribute("aria-sort", column < 0 ? "descending" : "ascending");
  table.dataset.sorted = column;
  const rows = [...table.tBodies[0].rows].sort((a, b) => Math.sign(column) * compare(key(a.cells[at]), key(b.cells[at])));
  table.tBodies[0].append(...rows);
}

/** Makes every head of a table a button; `changed` is told when one was used. */
export function sortable(table, changed) {
  [...table.tHead.rows[0].cells].forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      sort(table, sorting(table) === at + 1 ? -(at + 1) : at + 1);
      changed();
    });
  });
}
