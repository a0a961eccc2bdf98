// The report: every chart of the page is drawn from the JSON in it; a choice of whose
// account is shown, and an address that keeps what the reader did.

import {Charts} from "./figures.js";

const specs = JSON.parse(document.getElementById("charts").textContent);
const choice = document.querySelector("#reading select");
const charts = new Charts(remember);

/** Shows the figures of one reading; one that is not there changes nothing. */
function choose(reading) {
  if (!choice || ![...choice.options].some(({value}) => value === reading)) return;
  choice.value = reading;
  charts.choose(reading);
}

/** Writes the state of the page into its address, without a step in the history. */
function remember() {
  const first = choice?.options[0].value;
  const hash = charts.address(choice && choice.value !== first ? choice.value : "");
  try {
    history.replaceState(null, "", hash === "#" ? location.pathname + location.search : hash);
  } catch {
    // Some browsers let a page from disk change its address in this way only.
    if (hash !== "#") location.replace(hash);
  }
}

for (const figure of document.querySelectorAll("figure")) charts.add(figure, specs[figure.id]);
if (choice) {
  choice.closest("[hidden]").hidden = false;
  choice.addEventListener("change", () => {
    choose(choice.value);
    remember();
  });
}
charts.restore(location.hash, choose);
window.addEventListener("hashchange", () => charts.restore(location.hash, choose));
