// Sliders for what can be moved, phase by phase: a range, the same as a number, and a way back.

const node = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

/** Highest number that the slider itself reaches; the number field goes to the lever's end. */
const reach = (lever) => Math.min(lever.most, Math.max(100, 2 * Math.ceil(Math.max(lever.value, lever.original))));

function row(lever, moved) {
  const id = `lever-${lever.id.replace(/[^A-Za-z0-9]+/g, "-")}`;
  const slider = node("input", {type: "range", id, min: lever.least, max: reach(lever), step: lever.step, value: lever.value});
  const field = node("input", {type: "number", min: lever.least, max: lever.most, step: "any", value: round(lever.value)});
  field.setAttribute("aria-label", `${lever.label}, per cent`);
  slider.setAttribute("aria-valuetext", `${round(lever.value)} per cent`);
  const back = node("button", {type: "button", textContent: "\u21ba", title: `Back to ${round(lever.original)} %`, hidden: lever.value === lever.original});
  back.setAttribute("aria-label", `${lever.label}: back to ${round(lever.original)} per cent`);
  const set = (value, from) => {
    if (!Number.isFinite(value)) return;
    const within = Math.min(lever.most, Math.max(lever.least, value));
    if (from !== slider) slider.value = within;
    if (from !== field) field.value = round(within);
    slider.setAttribute("aria-valuetext", `${round(within)} per cent`);
    back.hidden = within === lever.original;
    moved(lever, within);
  };
  slider.addEventListener("input", () => set(slider.valueAsNumber, slider));
  field.addEventListener("change", () => set(field.valueAsNumber, field));
  back.addEventListener("click", () => set(lever.original));
  const name = node("label", {htmlFor: id, textContent: lever.label});
  const line = node("div", {className: "lever"}, name, node("div", {className: "slide"}, slider, field, node("span", {textContent: "%"}), back));
  line.dataset.lever = lever.id;
  return line;
}

const round = (value) => Math.round(value * 100) / 100;

/** Groups of sliders in `place`, a phase each; `moved(lever, value)` hears of every move. */
export function show(place, levers, moved) {
  // While one is held, its group must not be made anew under the hand.
  const held = document.activeElement?.closest?.(".lever");
  const groups = new Map();
  for (const lever of levers) {
    if (!groups.has(lever.where)) groups.set(lever.where, []);
    groups.get(lever.where).push(lever);
  }
  const open = new Set([...place.querySelectorAll("details[open]")].map((details) => details.dataset.where));
  const first = place.childElementCount === 0;
  const phases = [...groups.keys()].filter((where) => where !== "short_run");
  if (held && place.contains(held) && levers.some(({id}) => id === held.dataset.lever)) return;
  place.replaceChildren(...[...groups].map(([where, of]) => {
    const details = node("details", {open: first ? where === phases.at(-1) : open.has(where)},
      node("summary", {textContent: where === "short_run" ? "The weeks" : of[0].where_title}),
      ...of.map((lever) => row(lever, moved)));
    details.dataset.where = where;
    return details;
  }));
}
