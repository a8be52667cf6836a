/**
 * Where the files of the solution are.
 *
 * In the folder of the package, like all modules with addresses: bundlers that leave addresses as they are make them
 * relative to the bundle, beside which the package's files are then put.
 */

/**
 * The address of each file, a literal each so that bundlers find them. Functions, since addresses are looked up only
 * when needed: on servers there may be no import.meta.url.
 * @type {Record<string, () => URL>}
 */
const OWN = {
  "selfie_segmentation_general.graph.json": () => new URL("./graphs/selfie_segmentation_general.graph.json", import.meta.url),
  "selfie_segmentation_landscape.graph.json": () => new URL("./graphs/selfie_segmentation_landscape.graph.json", import.meta.url),
  "selfie_segmentation.plan.json": () => new URL("./graphs/selfie_segmentation.plan.json", import.meta.url),
  "selfie_segmentation.weights": () => new URL("./graphs/selfie_segmentation.weights", import.meta.url),
  "selfie_segmentation_landscape.plan.json": () => new URL("./graphs/selfie_segmentation_landscape.plan.json", import.meta.url),
  "selfie_segmentation_landscape.weights": () => new URL("./graphs/selfie_segmentation_landscape.weights", import.meta.url),
};

/**
 * Pages written for the original locate its files on a public server, which has none of ours; so these addresses
 * mean the files of this package. Nothing is ever fetched from there.
 */
const ORIGINALS = /^(?:https?:)?\/\/(?:cdn\.jsdelivr\.net\/npm|unpkg\.com|fastly\.jsdelivr\.net\/npm)\/@mediapipe\//;

/**
 * The address of a file of this package; undefined for those of the graph runtime, which knows them itself.
 * @param {string} name
 * @param {((path: string, prefix?: string) => string) | undefined} locateFile
 * @returns {string | undefined}
 */
export function address(name, locateFile) {
  const located = locateFile?.(name, "");
  if (located !== undefined && typeof located !== "string") {
    throw new TypeError(`locateFile has returned ${typeof located} for "${name}", not an address`);
  }
  if (located && !ORIGINALS.test(located)) {
    // Relative to the page, as the original's; a worker has no document.
    return new URL(located, globalThis.document?.baseURI ?? globalThis.location.href).href;
  }
  return OWN[name]?.().href;
}
