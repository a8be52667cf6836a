// Where files are, and reading them with errors that name the address.

import { GraphError, messageOf } from './errors.js';

/**
 * @typedef {import('../graph.js').Resources} Resources
 */

// One literal each: bundlers find no others.
const OWN = /** @type {Record<string, () => URL>} */ ({
  'kernels.wasm': () => new URL('../kernels.wasm', import.meta.url),
  'shaders.json': () => new URL('../shaders.json', import.meta.url),
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
  if (typeof resources === 'string' || resources instanceof URL) return new URL(name, new URL(resources, here())).href;
  const found = typeof resources === 'function' ? resources(name) : resources[name];
  return found === undefined ? undefined : new URL(found, here()).href;
}

/**
 * The addresses of all files that a graph may need, by name.
 * @param {import('../graph.js').GraphDescription} description
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

/**
 * Read a file.
 * @param {string | URL} url
 * @throws {GraphError} It is not there; the message has the address and the status.
 */
export async function read(url) {
  let response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new GraphError(`${url} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  if (!response.ok) {
    throw new GraphError(`${url} cannot be read: ${response.status} ${response.statusText}`.trimEnd());
  }
  return response;
}

/** Read a file of JSON. @param {string | URL} url @returns {Promise<any>} */
export async function readJson(url) {
  const response = await read(url);
  try {
    return await response.json();
  } catch (error) {
    throw new GraphError(`${url} is not JSON: ${messageOf(error)}`, { cause: error });
  }
}
