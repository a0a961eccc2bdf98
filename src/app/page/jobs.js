// Work in the background: a bar, a word, a way to end it. A job that a server has lost with
// its restart is begun again.

import {Gone, Problem, end, get, post} from "./server.js";

const LOOK = 250;

export class Jobs {
  constructor(place) {
    this.place = place;
  }

  /** Does a job; the answer is its result, or nothing if it was ended. */
  async run(title, request, signal) {
    const line = this.line(title);
    const ended = new AbortController();
    const stop = () => ended.abort();
    line.button.addEventListener("click", stop);
    signal?.addEventListener("abort", stop);
    try {
      return await this.follow(line, request, ended.signal);
    } finally {
      line.box.remove();
      signal?.removeEventListener("abort", stop);
    }
  }

  async follow(line, request, signal) {
    let id;
    for (;;) {
      if (signal.aborted) {
        if (id) await end(`/api/jobs/${id}`).catch(() => {});
        return undefined;
      }
      try {
        id ??= (await post("/api/jobs", request)).id;
        const job = await get(`/api/jobs/${id}`);
        this.tell(line, job);
        if (job.state === "done") return job.result;
        if (job.state === "cancelled") return undefined;
        if (job.state === "failed") throw new Problem(job.problem);
      } catch (failure) {
        if (failure instanceof Problem && failure.status === 404 && id) id = undefined;
        else if (!(failure instanceof Gone)) throw failure;
      }
      await new Promise((go) => {
        const wait = setTimeout(go, LOOK);
        signal.addEventListener("abort", () => { clearTimeout(wait); go(); }, {once: true});
      });
    }
  }

  line(title) {
    const box = Object.assign(document.createElement("div"), {className: "job"});
    const name = Object.assign(document.createElement("span"), {textContent: title});
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", title);
    const word = Object.assign(document.createElement("span"), {className: "note"});
    const button = Object.assign(document.createElement("button"), {type: "button", textContent: "Stop"});
    button.setAttribute("aria-label", `Stop: ${title}`);
    box.append(name, bar, word, button);
    this.place.append(box);
    return {box, bar, word, button};
  }

  tell({bar, word}, {state, stage, done, of, place_in_queue}) {
    if (of) Object.assign(bar, {max: of, value: Math.min(done, of)});
    else bar.removeAttribute("value");
    word.textContent = state === "queued" ? `waits, place ${place_in_queue}` : [stage, of ? `${done} of ${of}` : done || ""].filter(Boolean).join(", ");
  }
}
