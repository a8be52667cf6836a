/**
 * What Python hands to the page: the JSON in `<script type="application/json" id="mpgraph-page">`.
 */

/** @typedef {{file: string, text: string, editable: boolean, saved: boolean}} TextFile saved: it stands in a file */
/** @typedef {{severity: "error" | "warning", message: string, file: string, line: number, column: number, node: string}} Problem node: an id of the structure, or "" */
/** @typedef {import("../layout/structure.js").Structure} Structure */
/**
 * @typedef {object} GraphData One graph: its structure, the texts it comes from and what is wrong with it.
 * @property {string} name
 * @property {Structure} structure
 * @property {TextFile[]} texts The graph's own file first, then those of the subgraphs it uses.
 * @property {Problem[]} problems
 */
/**
 * @typedef {object} PageData
 * @property {"file" | "served"} mode
 * @property {GraphData[]} graphs One; for a comparison two, the older first.
 * @property {boolean} diff Whether to start with the comparison of the two.
 * @property {Record<string, unknown>} extras What extensions read, by name.
 */

export const PAGE_ID = "mpgraph-page";

/** @returns {PageData} */
export function readPage() {
  return JSON.parse(document.getElementById(PAGE_ID)?.textContent ?? "{}");
}
