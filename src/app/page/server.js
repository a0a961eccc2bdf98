// What the page asks of its server. A refusal is a `Problem` with the words of the command
// line; a server that does not answer is `Gone`.

export class Gone extends Error {}

export class Problem extends Error {
  constructor(said) {
    super(said.detail ?? said.title);
    Object.assign(this, said);
  }
}

async function asked(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (failure) {
    if (failure.name === "AbortError") throw failure;
    throw new Gone("the server does not answer");
  }
  if (answer.ok) return answer;
  if (answer.headers.get("content-type")?.startsWith("application/problem+json")) throw new Problem(await answer.json());
  throw new Problem({title: `${answer.status} ${answer.statusText}`, status: answer.status});
}

export const get = async (path, signal) => (await asked(path, {signal})).json();

const sent = (body) => ({method: "POST", headers: {"content-type": "application/json"}, body: JSON.stringify(body)});

export const post = async (path, body, signal) => (await asked(path, {...sent(body), signal})).json();

export const end = async (path) => { await asked(path, {method: "DELETE"}); };

/** Asks for a file and puts it onto the reader's disk under `name`. */
export async function download(path, body, name) {
  save(name, await (await asked(path, sent(body))).blob());
}

export function save(name, contents) {
  const url = URL.createObjectURL(contents instanceof Blob ? contents : new Blob([contents], {type: "text/plain"}));
  const link = Object.assign(document.createElement("a"), {href: url, download: name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
