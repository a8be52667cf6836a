/**
 * What Python hands to the page: the JSON in `<script type="application/json" id="mpgraph-page">`.
 */

/** @typedef {import("./structure.js").Structure} Structure */
/** @typedef {{file: string, name: string, editable: boolean, onDisk: boolean}} FileInfo
 *   file: its key in `structure.files`; name: what people call it; onDisk: Save can write it */
/**
 * @typedef {object} GraphData One graph with the texts it comes from and what is wrong with it.
 * @property {string} name
 * @property {Structure} structure
 * @property {boolean} [comparison] Whether it is two graphs in one.
 * @property {FileInfo[]} files Those with a tab: the graph's own first, then those of its subgraphs.
 */
/**
 * @typedef {object} PageData
 * @property {"file" | "served"} mode
 * @property {GraphData[]} graphs
 * @property {boolean} diff Start with the comparison of the first two, the older first.
 * @property {string[]} expanded The ids of the subgraphs of the first graph to begin with opened.
 * @property {boolean} dark Begin with light text on a dark ground, whatever the system says.
 * @property {Record<string, unknown>} extras What extensions read, by name.
 */

export const PAGE_ID = "mpgraph-page";

/** @returns {PageData} */
export function readPage() {
  return JSON.parse(document.getElementById(PAGE_ID)?.textContent ?? "{}");
}
