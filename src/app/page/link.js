// The whole state of the page in its address: the scenario's text where it is not a shipped
// one, the levers that were moved, and what it is compared with.

async function through(stream, bytes) {
  const squeezed = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(squeezed).arrayBuffer());
}

const letters = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
  .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

/** A state as letters that an address may have. */
export async function written(state) {
  return letters(await through(new CompressionStream("deflate-raw"), new TextEncoder().encode(JSON.stringify(state))));
}

/** The state that letters stand for; nothing if they stand for none. */
export async function read(text) {
  try {
    const state = JSON.parse(new TextDecoder().decode(await through(new DecompressionStream("deflate-raw"), bytesOf(text))));
    return typeof state.name === "string" && Array.isArray(state.changes ?? []) ? state : undefined;
  } catch {
    return undefined;
  }
}
