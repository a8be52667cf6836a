// Where files are.

/**
 * @typedef {import("../graph.js").Resources} Resources
 */

// One literal each: bundlers find no others.
const OWN = /** @type {Record<string, () => URL>} */ ({
  "kernels.wasm": () => new URL("../kernels.wasm", import.meta.url),
  "shaders.json": () => new URL("../shaders.json", import.meta.url),
});

/** The address of the page, for relative addresses; undefined in node. */
export const here = () => globalThis.document?.baseURI ?? globalThis.location?.href;

/**
 * The address of a file by the user's `resources`, if these say anything.
 * @param {string} name
 * @param {Resources} [resources]
 * @returns {string | undefined}
 */
export function located(name, resources) {
  if (resources === undefined) return undefined;
  if (typeof resources === "string" || resources instanceof URL) return new URL(name, new URL(resources, here())).href;
  const found = typeof resources === "function" ? resources(name) : resources[name];
  return found === undefined ? undefined : new URL(found, here()).href;
}

/**
 * The addresses of all files that a graph may need, by name.
 * @param {import("../graph.js").GraphDescription} description
 * @param {string | undefined} base The graph's own address.
 * @param {Resources} [resources]
 */
export function addresses(description, base, resources) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const [name, own] of Object.entries(OWN)) found[name] = located(name, resources) ?? own().href;
  for (const { plan, weights } of Object.values(description.models)) {
    for (const name of [plan, weights]) found[name] = located(name, resources) ?? new URL(name, base ?? here()).href;
  }
  return found;
}
