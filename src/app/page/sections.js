// The sections of the report on the page: what has not changed stays as the reader left it,
// what has is drawn anew.

import {Charts} from "../../report/charts/figures.js";

export class Sections {
  /** `place` holds the sections, `contents` the list of them; `changed` hears of the reader. */
  constructor(place, contents, changed) {
    Object.assign(this, {place, contents, changed});
    this.charts = new Charts(changed, {ahead: true});
    this.known = new Map();
  }

  /** A section or a figure on show; the bar of the app may have names of its own. */
  find(id) {
    return this.place.querySelector(`#${CSS.escape(id)}`);
  }

  /** Shows sections; those that are named in `stale` are told to be older than the levers. */
  show(sections, charts, {stale = [], whole = false} = {}) {
    const ids = new Set(sections.map(({id}) => id));
    for (const {id, html} of sections) this.put(id, html, charts);
    if (whole) {
      for (const section of [...this.place.children]) if (!ids.has(section.id)) this.drop(section);
      for (const {id} of sections) this.place.append(this.find(id));
    }
    for (const section of this.place.children) {
      const old = stale.includes(section.id) && !ids.has(section.id);
      section.classList.toggle("stale", old);
      section.toggleAttribute("aria-busy", old);
    }
    this.contents.replaceChildren(...[...this.place.children].map((section) => {
      const link = Object.assign(document.createElement("a"), {textContent: section.querySelector("h2")?.textContent ?? section.id});
      link.href = `#${section.id}`;
      link.addEventListener("click", (event) => {
        event.preventDefault();
        section.scrollIntoView();
        section.querySelector("h2")?.focus({preventScroll: true});
      });
      const entry = document.createElement("li");
      entry.append(link);
      return entry;
    }));
  }

  drop(section) {
    for (const figure of section.querySelectorAll("figure")) {
      this.known.delete(figure.id);
      this.charts.forget(figure);
    }
    this.known.delete(section.id);
    section.remove();
  }

  /** One section: its figures are exchanged where they differ, the rest where it differs. */
  put(id, html, charts) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const fresh = holder.content.firstElementChild;
    const figures = [...fresh.querySelectorAll("figure")];
    const texts = figures.map((figure) => figure.outerHTML + JSON.stringify(charts[figure.id] ?? null));
    figures.forEach((figure) => figure.replaceWith(Object.assign(document.createElement("slot"), {id: figure.id})));
    const frame = fresh.outerHTML;
    const old = this.find(id);
    const place = (figure, at) => {
      const before = this.find(figure.id);
      if (before?.localName === "figure" && this.known.get(figure.id) === texts[at]) return before;
      this.known.set(figure.id, texts[at]);
      if (before?.localName === "figure") {
        this.charts.take(before, figure);
        before.replaceWith(figure);
      }
      return figure;
    };
    if (old && this.known.get(id) === frame) {
      const drawn = figures.map((figure, at) => [this.find(figure.id), place(figure, at)]);
      for (const [before, now] of drawn) if (before !== now) this.charts.add(now, charts[now.id]);
      return;
    }
    this.known.set(id, frame);
    const kept = figures.map((figure, at) => {
      const before = this.find(figure.id);
      const now = place(figure, at);
      return [before !== now, now];
    });
    for (const slot of [...fresh.querySelectorAll("slot")]) slot.replaceWith(kept.find(([, now]) => now.id === slot.id)[1]);
    fresh.querySelector("h2")?.setAttribute("tabindex", "-1");
    if (old) old.replaceWith(fresh);
    else this.place.append(fresh);
    for (const [is_new, now] of kept) if (is_new) this.charts.add(now, charts[now.id]);
  }
}
