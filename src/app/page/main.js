// The local app: a scenario, its levers, and the report of it, live.
//
//   lever ──▶ the long run at once (or a few draws of the weeks) ──▶ figures
//         ──▶ after a pause everything, as a job               ──▶ figures
//
// The page holds the whole state: the text of the scenario and the levers that were moved.
// The server keeps nothing that is missed after its restart.

import {Gone, Problem, download, get, post, save} from "./server.js";
import {Jobs} from "./jobs.js";
import {Sections} from "./sections.js";
import * as dialogs from "./dialogs.js";
import * as levers from "./levers.js";
import * as link from "./link.js";

const at = (id) => document.getElementById(id);

/** A pause after which everything is computed. */
const PAUSE = 700;
/** Draws of the weeks while a lever moves. */
const GLANCE = 8;
/** Time between two tries of a server that is gone. */
const RETRY = 1000;

const state = {name: "", shipped: "", toml: "", changes: new Map(), reading: "", compare: ""};
const jobs = new Jobs(at("jobs"));
const sections = new Sections(at("sections"), at("contents"), remember);
let choices;

const request = () => ({
  name: state.name, toml: state.toml,
  changes: [...state.changes].map(([lever, value]) => ({lever, value}))
});

// ---- the state in the address -------------------------------------------------------------

let remembered = Promise.resolve();

async function kept() {
  const {name, shipped, toml, changes, compare} = state;
  const text = shipped && toml === shipped ? undefined : toml;
  return link.written({name, toml: text, changes: [...changes], compare: compare || undefined});
}

/** Writes the state into the address; what the reader did to the figures comes behind it. */
function remember() {
  remembered = remembered.then(async () => {
    const rest = sections.charts.address().replace(/^#/, "");
    const hash = `#s=${await kept()}${rest ? `&${rest}` : ""}`;
    if (hash !== location.hash) history.replaceState(null, "", hash);
  });
  return remembered;
}

// ---- asking and showing -------------------------------------------------------------------

function tell(words) {
  at("status").textContent = words;
}

function complain(failure) {
  if (failure?.name === "AbortError") return;
  const box = at("trouble");
  box.hidden = !failure;
  if (failure) box.replaceChildren(Object.assign(document.createElement("pre"), {className: "problem", textContent: failure.message}));
}

/** Tries until the server answers. */
async function patiently(work, signal) {
  for (;;) {
    try {
      const found = await work();
      if (document.body.classList.contains("gone")) {
        document.body.classList.remove("gone");
        complain();
      }
      return found;
    } catch (failure) {
      if (!(failure instanceof Gone) || signal?.aborted) throw failure;
      document.body.classList.add("gone");
      complain(new Gone("The server does not answer. The page keeps everything, and goes on when it is back."));
      await new Promise((go) => setTimeout(go, RETRY));
    }
  }
}

let drawn = 0;

function show(answer, whole) {
  complain();
  at("title").textContent = answer.title;
  at("subtitle").textContent = answer.subtitle;
  document.title = `${answer.title} · Detente`;
  // What the sides say hangs on no lever.
  const stale = (answer.stale ?? []).filter((id) => id !== "accounts" || !at(id));
  sections.show(answer.sections, answer.charts, {stale, whole});
  levers.show(at("places"), answer.levers, moved);
  readings();
  state.edited = answer.toml;
  drawn += 1;
  document.documentElement.dataset.drawn = drawn;
}

function readings() {
  const parts = [...at("sections").querySelectorAll("[data-reading]")];
  const ids = [...new Set(parts.map(({dataset}) => dataset.reading))];
  at("reading").hidden = ids.length === 0;
  const list = at("reading").querySelector("select");
  if ([...list.options].map(({value}) => value).join() !== ids.join()) dialogs.fill(list, ids.map((id) => ({value: id, text: id})), state.reading);
  if (ids.length) choose(ids.includes(state.reading) ? state.reading : ids[0]);
}

function choose(reading) {
  state.reading = reading;
  at("reading").querySelector("select").value = reading;
  sections.charts.choose(reading);
}

// ---- levers -------------------------------------------------------------------------------

let wanted;
let busy = false;
let pause;
let whole;

function moved(lever, value) {
  if (value === lever.original && !lever.in_text) state.changes.delete(lever.id);
  else state.changes.set(lever.id, value);
  wanted = lever.where === "short_run" ? {parts: ["weeks"], draws: GLANCE} : {parts: ["long-run"]};
  whole?.abort();
  clearTimeout(pause);
  if (!busy) glance();
}

/** Computes what a lever moves at once, the latest wish only, until there is none. */
async function glance() {
  busy = true;
  try {
    while (wanted) {
      const asked = wanted;
      wanted = undefined;
      const answer = await patiently(() => post("/api/run", {...request(), ...asked}));
      show(answer, false);
    }
    remember();
    clearTimeout(pause);
    pause = setTimeout(everything, PAUSE);
  } catch (failure) {
    complain(failure);
  } finally {
    busy = false;
    if (wanted) glance();
  }
}

/** Computes all of the scenario in the background. */
async function everything() {
  whole?.abort();
  whole = new AbortController();
  const {signal} = whole;
  try {
    const answer = await jobs.run("The whole scenario", {kind: "run", ...request()}, signal);
    if (!answer || signal.aborted) return;
    show(answer, true);
    await compare();
    tell(`Everything is up to date: ${answer.title}.`);
  } catch (failure) {
    complain(failure);
  }
}

async function compare() {
  const other = state.compare;
  const old = at("comparison");
  if (!other) {
    if (old) sections.drop(old);
    return;
  }
  const toml = other === "unmoved" ? state.toml : (await patiently(() => get(`/api/scenarios/${encodeURIComponent(other)}`))).toml;
  const name = other === "unmoved" ? state.name : other;
  const found = await patiently(() => post("/api/compare", {a: request(), b: {name, toml, changes: []}}));
  sections.show(found.sections, found.charts);
  const section = at(found.sections[0].id);
  section.id = "comparison";
  at("sections").prepend(section);
}

// ---- scenarios ----------------------------------------------------------------------------

/** Takes a scenario: its long run at once, then the rest. Refused text changes nothing. */
async function take({name, toml, changes = [], shipped = ""}) {
  const before = {...state};
  Object.assign(state, {name, toml, shipped, changes: new Map(changes)});
  try {
    whole?.abort();
    const answer = await patiently(() => post("/api/run", {...request(), parts: ["long-run"]}));
    at("places").replaceChildren();
    show(answer, false);
    // What the last scenario had and this has not.
    const ids = new Set([...answer.sections.map(({id}) => id), ...answer.stale]);
    for (const section of [...at("sections").children]) if (!ids.has(section.id)) sections.drop(section);
  } catch (failure) {
    Object.assign(state, before);
    throw failure;
  }
  list();
  settings();
  await remember();
  everything();
}

async function ship(name) {
  const {toml} = await patiently(() => get(`/api/scenarios/${encodeURIComponent(name)}`));
  await take({name, toml, shipped: toml});
}

function list() {
  const known = choices.scenarios.map(({name, title}) => ({value: name, text: `${name}: ${title}`}));
  const own = known.some(({value}) => value === state.name) && (!state.shipped || state.toml === state.shipped) ? [] : [{value: "", text: `${state.name} (yours)`}];
  dialogs.fill(at("scenario"), [...own, ...known], own.length ? "" : state.name);
  const others = choices.scenarios.filter(({name}) => name !== state.name).map(({name}) => ({value: name, text: name}));
  dialogs.fill(at("compare"), [{value: "", text: "nothing"}, {value: "unmoved", text: "itself, no lever moved"}, ...others], state.compare);
}

/** World, ledger, model and days: what a scenario's text says of itself, changed in it. */
function settings() {
  const form = at("settings");
  const put = async (key, value) => {
    try {
      const {toml} = await post("/api/settings", {...request(), settings: {[key]: value}});
      await take({name: state.name, toml, changes: [...state.changes]});
    } catch (failure) {
      complain(failure);
    }
  };
  post("/api/settings", {...request(), settings: {}}).then(({settings}) => {
    const field = (text, list, key) => {
      const label = Object.assign(document.createElement("label"), {className: "field", textContent: text});
      list.addEventListener("change", () => put(key, list.value));
      label.append(list);
      return label;
    };
    const names = (all) => all.map((one) => ({value: one.name ?? one, text: one.name ?? one}));
    const one = (all, chosen) => dialogs.select(all.some((name) => (name.name ?? name) === chosen) ? names(all) : [...names(all), {value: chosen, text: chosen}], chosen);
    const day = (value) => Object.assign(document.createElement("input"), {type: "date", value});
    form.replaceChildren(
      field("World", one(choices.worlds, settings.world), "world"),
      field("Ledger", one(choices.ledgers, settings.ledger), "ledger"),
      field("Model", one(choices.variants, settings.variant), "variant"),
      field("Deficits", one(choices.deficits, settings.deficits), "deficits"),
      ...settings.dates.map(({phase, title, date}) => field(title, day(date), `date ${phase}`)));
  }).catch(complain);
}

// ---- the bar ------------------------------------------------------------------------------

const guarded = (work) => async (event) => {
  try {
    await work(event);
  } catch (failure) {
    complain(failure);
  }
};

at("settings").addEventListener("submit", (event) => event.preventDefault());
at("scenario").addEventListener("change", guarded(({target}) => target.value && ship(target.value)));
at("compare").addEventListener("change", guarded(async ({target}) => {
  state.compare = target.value;
  await compare();
  await remember();
}));
at("reading").querySelector("select").addEventListener("change", ({target}) => {
  choose(target.value);
  remember();
});
at("new").addEventListener("click", () => dialogs.fresh(choices, async (chosen) => take(await post("/api/scenarios", chosen))));
at("open").addEventListener("click", () => dialogs.file(async (name, toml) => {
  try {
    await take({name, toml});
  } catch (failure) {
    complain(failure);
  }
}));
at("save").addEventListener("click", () => save(`${state.name}.toml`, state.edited ?? state.toml));
at("text").addEventListener("click", () => dialogs.text(state.name, state.edited ?? state.toml, (toml) => take({name: state.name, toml})));
at("link").addEventListener("click", guarded(async ({currentTarget: button}) => {
  await remember();
  await navigator.clipboard.writeText(location.href).then(() => tell("The link is copied: it holds the whole state."), () => tell("The link is in the address bar: it holds the whole state."));
  button.focus();
}));
at("report-file").addEventListener("click", guarded(() => download("/api/report", request(), `${state.name}.html`)));
for (const format of ["csv", "parquet"]) {
  at(format).addEventListener("click", guarded(() => download("/api/table", {...request(), format}, `${state.name}.${format}`)));
}
at("draws").addEventListener("click", guarded(async () => {
  const answer = await jobs.run("1,000 draws of the elasticities", {kind: "run", ...request(), draws: 1000});
  if (answer) show(answer, true);
}));
at("nash").addEventListener("click", guarded(async () => {
  const found = await jobs.run("A trade war of all countries", {kind: "nash", ...request(), players: ["*"]});
  if (!found) return;
  sections.show(found.sections, found.charts);
  at(found.sections[0].id).scrollIntoView();
}));

// ---- the beginning ------------------------------------------------------------------------

async function begin() {
  choices = await patiently(() => get("/api/choices"));
  const said = new URLSearchParams(location.hash.replace(/^#/, ""));
  const from = said.has("s") ? await link.read(said.get("s")) : undefined;
  const hash = location.hash;
  if (said.has("s") && !from) complain(new Problem({detail: "The address holds no state that can be read; the first scenario is shown."}));
  if (from?.compare) state.compare = from.compare;
  if (said.has("reading")) state.reading = said.get("reading");
  const known = from && choices.scenarios.some(({name}) => name === from.name);
  if (from?.toml) await take(from);
  else if (known) {
    const {toml} = await patiently(() => get(`/api/scenarios/${encodeURIComponent(from.name)}`));
    await take({...from, toml, shipped: toml});
  } else {
    const first = choices.scenarios.find(({name}) => name === "truce-2025") ?? choices.scenarios[0];
    await ship(first.name);
  }
  sections.charts.restore(hash);
}

begin().catch(complain);
