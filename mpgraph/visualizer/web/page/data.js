/**
 * The data that Python passes to the page: the JSON in `<script type="application/json" id="mpgraph-page">`.
 */

/** @typedef {import("./structure.js").Structure} Structure */
/** @typedef {{file: string, name: string, editable: boolean, onDisk: boolean}} FileInfo
 *   file: its key in `structure.files`; name: its short name; onDisk: whether Save can write it */
/**
 * @typedef {object} GraphData One graph with its texts and diagnostics.
 * @property {string} name
 * @property {Structure} structure
 * @property {boolean} [comparison] Whether it is two graphs in one.
 * @property {FileInfo[]} files The files with a tab: the graph's own first, then those of its subgraphs.
 */
/**
 * @typedef {object} PageData
 * @property {"file" | "served"} mode
 * @property {GraphData[]} graphs
 * @property {boolean} diff Start with the comparison of the first two, the older first.
 * @property {string[]} expanded The ids of the subgraphs of the first graph that are initially open.
 * @property {boolean} dark Start with the dark theme, whatever the system's setting.
 * @property {Record<string, unknown>} extras The data of extensions, by name.
 */

export const PAGE_ID = "mpgraph-page";

/** @returns {PageData} */
export function readPage() {
  return JSON.parse(document.getElementById(PAGE_ID)?.textContent ?? "{}");
}
