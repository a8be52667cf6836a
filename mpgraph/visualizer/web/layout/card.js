/** The content of a closed node: its rows of text, the positions of its ports, and its resulting size. */

import { cut, fitted, textWidth } from "./text.js";

/** @typedef {import("./types.js").GraphNode} GraphNode */
/** @typedef {import("./types.js").Port} Port */
/** @typedef {import("./types.js").Row} Row */

/**
 * @typedef {object} Cell The label of one stream's port.
 * @property {number} index
 * @property {Port} port
 * @property {string} tag
 * @property {string} name
 * @property {string} type "" unless types are shown.
 * @property {number} width
 */
/** @typedef {{options: "none" | "short" | "all", types: boolean}} Detail */
/**
 * @typedef {object} Card
 * @property {number} width
 * @property {number} height
 * @property {Cell[]} inputs
 * @property {Cell[]} outputs
 * @property {Cell[]} sideInputs
 * @property {Cell[]} sideOutputs
 * @property {number[]} sideInputYs Heights of the side packets' ports, from the top.
 * @property {number[]} sideOutputYs
 * @property {Row[]} rows
 */

const PAD = 10;
const MAX_TITLE = 420;
const MAX_NAME = 220;
const MAX_PORT = 132;
const MAX_OPTION = 210;
const SHORT_ROWS = 4;
export const CELL_GAP = 10;
const CELL_LINE = 11;
const ROW = 13;
/** The space that the handle of a subgraph takes before its title. */
const HANDLE = 17;
/** Between the tag and the name of a side packet. */
export const TAG_GAP = 5;

/** @param {Port} port @param {number} index @param {boolean} types @returns {Cell} */
export function cellOf(port, index, types) {
  const position = port.index > 0 && port.tag ? `:${port.index}` : "";
  const tag = port.tag ? fitted(port.tag + position, "tag", MAX_PORT) : "";
  const name = fitted(port.name, "port", MAX_PORT);
  const type = types ? fitted(port.type, "port", MAX_PORT) : "";
  const width = Math.max(18, textWidth(tag, "tag"), textWidth(name, "port"), textWidth(type, "port"));
  return { index, port, tag, name, type, width };
}

/** How high a row of port labels is. @param {Cell[]} cells */
export function cellsHeight(cells) {
  if (!cells.length) return 0;
  const lines = 1 + Number(cells.some((cell) => cell.tag)) + Number(cells.some((cell) => cell.type));
  return 5 + CELL_LINE * lines;
}

/** @param {Cell[]} cells */
export function cellsWidth(cells) {
  return cells.reduce((sum, cell) => sum + cell.width, 0) + CELL_GAP * Math.max(0, cells.length - 1);
}

/** What is special about how a node runs. @param {GraphNode} node @returns {string[]} */
export function badgesOf(node) {
  const badges = [];
  if (node.executor) badges.push(`executor ${node.executor}`);
  if (node.handler) badges.push(node.handler.replace(/InputStreamHandler$/, "") || node.handler);
  for (const { name, value } of node.handler_options) badges.push(`${name} ${value}`);
  if (node.max_in_flight > 1) badges.push(`${node.max_in_flight} in flight`);
  if (node.buffer_size_hint) badges.push(`buffer ${node.buffer_size_hint}`);
  if (node.source_layer) badges.push(`source layer ${node.source_layer}`);
  return badges;
}

/** @param {GraphNode} node @param {"none" | "short" | "all"} detail @returns {Row[]} */
function optionRows(node, detail) {
  if (detail === "none") return [];
  const given = node.options.filter((row) => !row.default);
  const shown = detail === "all" ? [...given, ...node.options.filter((row) => row.default)] : given;
  const first = detail === "all" || shown.length <= SHORT_ROWS + 1 ? shown : shown.slice(0, SHORT_ROWS);
  /** @type {Row[]} */
  const rows = first.map((row) => {
    const short = node.options.length && row.name.length > 26 ? "…" + row.name.slice(-25) : row.name;
    const room = Math.max(40, MAX_OPTION - textWidth(short + ": ", "option"));
    const full = `${row.name}: ${row.value}`;
    return {
      kind: "option",
      text: short,
      value: cut(row.value, "option", room),
      dim: row.default,
      full,
      x: PAD,
      y: 0,
    };
  });
  if (first.length < shown.length) {
    rows.push({ kind: "more", text: `${shown.length - first.length} more`, x: PAD, y: 0 });
  }
  return rows;
}

/**
 * Title, name and badges, from the top.
 * @param {GraphNode} node
 * @param {number} top
 * @returns {{rows: Row[], bottom: number, width: number}}
 */
export function headingOf(node, top) {
  /** @type {Row[]} */
  const rows = [];
  let y = top + 14;
  const title = cut(node.calculator || "?", "title", MAX_TITLE);
  const indent = node.graph ? HANDLE : 0;
  rows.push({ kind: "title", text: title, full: node.calculator, x: PAD + indent, y });
  let width = textWidth(title, "title") + indent;
  if (node.name !== node.calculator && !node.name.startsWith(node.calculator + "_")) {
    y += 13;
    const name = cut(node.name, "name", MAX_NAME);
    rows.push({ kind: "name", text: name, full: node.name, x: PAD, y });
    width = Math.max(width, textWidth(name, "name"));
  }
  let x = PAD;
  const badges = badgesOf(node);
  if (badges.length) y += 17;
  for (const text of badges) {
    const short = cut(text, "badge", 150);
    const own = textWidth(short, "badge") + 10;
    if (x > PAD && x + own > 260) {
      x = PAD;
      y += 16;
    }
    rows.push({ kind: "badge", text: short, full: text, x, y, width: own });
    x += own + 4;
    width = Math.max(width, x - PAD);
  }
  return { rows, bottom: y + (badges.length ? 8 : 5), width };
}

/** @param {Cell[]} cells */
function widestSide(cells) {
  return cells.reduce((most, cell) => Math.max(most, sideLabelWidth(cell)), 0);
}

/** @param {Cell} cell */
export function sideLabelWidth(cell) {
  const type = cell.type ? TAG_GAP + textWidth(cell.type, "port") : 0;
  return textWidth(cell.tag, "tag") + (cell.tag ? TAG_GAP : 0) + textWidth(cell.name, "port") + type;
}

/** @param {GraphNode} node @param {Detail} detail @returns {Card} */
export function cardOf(node, detail) {
  const cell = (/** @type {Port} */ port, /** @type {number} */ index) => cellOf(port, index, detail.types);
  const inputs = node.inputs.map(cell);
  const outputs = node.outputs.map(cell);
  const sideInputs = node.side_inputs.map(cell);
  const sideOutputs = node.side_outputs.map(cell);
  const heading = headingOf(node, cellsHeight(inputs) + 2);
  const rows = heading.rows;
  let y = heading.bottom;
  const sideRows = Math.max(sideInputs.length, sideOutputs.length);
  const sideInputYs = sideInputs.map((_, index) => y + 7 + index * ROW);
  const sideOutputYs = sideOutputs.map((_, index) => y + 7 + index * ROW);
  if (sideRows) y += sideRows * ROW + 3;
  const options = optionRows(node, detail.options);
  let optionWidth = 0;
  for (const row of options) {
    row.y = y + 9;
    y += ROW;
    optionWidth = Math.max(optionWidth, textWidth(`${row.text}: ${row.value ?? ""}`, "option"));
  }
  rows.push(...options);
  if (options.length) y += 4;
  const sideWidth =
    widestSide(sideInputs) + widestSide(sideOutputs) + (sideInputs.length && sideOutputs.length ? 16 : 0);
  const inner = Math.max(heading.width, optionWidth, sideWidth, cellsWidth(inputs), cellsWidth(outputs), 70);
  const height = y + (outputs.length ? 1 : 4) + cellsHeight(outputs);
  return {
    width: Math.ceil(inner + 2 * PAD),
    height: Math.ceil(height),
    inputs,
    outputs,
    sideInputs,
    sideOutputs,
    sideInputYs,
    sideOutputYs,
    rows,
  };
}
