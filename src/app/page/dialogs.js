// Forms over the page: a scenario from choices, a scenario's text, a file from disk.

const dialog = () => document.getElementById("dialog");

const node = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

/** A form of `fields` under a title; `send` may refuse, and its words stand in the form. */
function ask(title, fields, word, send) {
  const box = dialog();
  const trouble = node("pre", {className: "problem", hidden: true});
  trouble.setAttribute("role", "alert");
  const form = node("form", {method: "dialog"},
    node("h2", {id: "dialog-title", textContent: title}), ...fields, trouble,
    node("div", {className: "tools"}, node("button", {type: "submit", textContent: word}),
      node("button", {type: "button", textContent: "Cancel", onclick: () => box.close()})));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await send();
      box.close();
    } catch (failure) {
      trouble.hidden = false;
      trouble.textContent = failure.message;
      trouble.scrollIntoView({block: "nearest"});
    }
  });
  box.replaceChildren(form);
  box.showModal();
}

const labelled = (text, field, help) => node("label", {className: "field"}, text, field, help ? node("span", {className: "note", textContent: help}) : "");

export const select = (options, chosen) => fill(node("select"), options, chosen);

/** Gives a list other options; the one that is chosen may not be the first. */
export function fill(list, options, chosen) {
  list.replaceChildren(...options.map(({value, text}) => node("option", {value, textContent: text})));
  list.value = chosen ?? options[0]?.value;
  return list;
}

const several = (options, chosen) => {
  const list = select(options);
  Object.assign(list, {multiple: true, size: 6});
  for (const option of list.options) option.selected = chosen.includes(option.value);
  return list;
};

const day = (value) => node("input", {type: "date", value, required: true});

/** A scenario from a world, a ledger, actors and days. */
export function fresh(choices, make) {
  const title = node("input", {value: "A what-if of my own", required: true});
  const world = select(choices.worlds.map(({name, title}) => ({value: name, text: `${name}: ${title}`})), "icio-2022");
  const ledger = select(choices.ledgers.map(({name, title}) => ({value: name, text: `${name}: ${title}`})), "us-china");
  const regions = () => choices.worlds.find(({name}) => name === world.value).regions.map(({code, name}) => ({value: code, text: `${code} ${name}`}));
  const actors = several(regions(), ["USA", "CHN"]);
  world.addEventListener("change", () => {
    actors.replaceChildren(...several(regions(), ["USA", "CHN"]).children);
  });
  const [against, first, second] = ["2025-01-19", "2025-04-12", "2025-11-10"].map(day);
  second.required = false;
  const variant = select(choices.variants.map((name) => ({value: name, text: name})), "base");
  const deficits = select(choices.deficits.map((name) => ({value: name, text: name})), "held");
  ask("A new scenario", [
    labelled("Title", title),
    labelled("World", world), labelled("Ledger of measures", ledger),
    labelled("Actors", actors, "the regions in the foreground; hold Ctrl for several"),
    labelled("Compare with the day", against), labelled("First day", first), labelled("Second day, or empty", second),
    labelled("Model", variant), labelled("Trade deficits", deficits)
  ], "Make it", () => make({
    title: title.value, world: world.value, ledger: ledger.value,
    actors: [...actors.selectedOptions].map(({value}) => value),
    against: against.value,
    phases: [first, second].filter(({value}) => value).map(({value}) => ({title: value, date: value})),
    variant: variant.value, deficits: deficits.value
  }));
}

/** The text of a scenario, to be changed and checked. */
export function text(name, toml, use) {
  const area = node("textarea", {value: toml, spellcheck: false, rows: 26});
  area.setAttribute("aria-label", "Text of the scenario");
  ask(`The text of ${name}`, [node("p", {className: "note", textContent: "Levers that were moved are written in. The file is yours: save it with “Save as TOML”."}), area], "Use it", () => use(area.value));
  area.focus();
}

/** A file from disk. */
export function file(use) {
  const input = node("input", {type: "file", accept: ".toml,text/plain"});
  input.addEventListener("change", async () => {
    const [chosen] = input.files;
    if (chosen) use(chosen.name.replace(/\.toml$/, ""), await chosen.text());
  });
  input.click();
}
