// What a reader has done to the page, in its address: which tables are open, how they are
// sorted, whose account is shown, which figure a link is to.
//
//   #figure=real-income&open=real-income,sectors-1&sort=real-income.-2&reading=beijing
//
// `open` are all open tables; without it they are as the page came. `sort` is a column from
// 1, negative where its numbers fall. Other addresses, as #welfare, are left to the browser.

import {sort, sorting} from "./tables.js";

const figures = () => [...document.querySelectorAll("figure")];
const details = (figure) => figure.querySelector("details");

/** Makes the page what an address says; the figure that it is of, or nothing. */
export function restore(hash, choose) {
  if (!hash.includes("=")) return "";
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  const list = (name) => (said.get(name) ?? "").split(",").filter(Boolean);
  if (said.has("reading")) choose(said.get("reading"));
  if (said.has("open")) {
    const open = new Set(list("open"));
    for (const figure of figures()) details(figure).open = open.has(figure.id);
  }
  for (const entry of list("sort")) {
    const [, id, column] = /^(.+)\.(-?\d+)$/.exec(entry) ?? [];
    const table = id && document.getElementById(id)?.querySelector("table");
    if (table) sort(table, Number(column));
  }
  const figure = said.get("figure") ?? "";
  if (figure) document.getElementById(figure)?.scrollIntoView({behavior: "instant"});
  return figure;
}

/** The address of the page as it is, of `figure` where one is named. */
export function address(figure, reading) {
  const parts = [];
  const add = (name, value) => value && parts.push(`${name}=${value}`);
  add("figure", figure);
  const open = figures().filter((of) => details(of).open);
  if (figures().some((of) => details(of).open !== (details(of).dataset.open === "true"))) {
    parts.push(`open=${open.map(({id}) => id).join(",")}`);
  }
  const sorted = figures().map((of) => [of.id, sorting(of.querySelector("table"))]).filter(([, column]) => column);
  add("sort", sorted.map((entry) => entry.join(".")).join(","));
  add("reading", reading && encodeURIComponent(reading));
  return "#" + parts.join("&");
}
