/** Drawing of nodes, open subgraphs, and the inputs and outputs of the graph. */

import { TAG_GAP } from "../layout/card.js";
import { countWidth, textWidth } from "../layout/text.js";
import { brief, element, escaped, number, tooltip } from "./svg.js";

/** @typedef {import("../layout/types.js").Box} Box */
/** @typedef {import("../layout/types.js").PlacedPort} PlacedPort */
/** @typedef {import("../layout/types.js").Row} Row */

const KINDS = {
  in: "input stream",
  out: "output stream",
  side_in: "input side packet",
  side_out: "output side packet",
};

/** @param {string} classes @param {number} x @param {number} y @param {string} text Not yet escaped. */
function text(classes, x, y, text) {
  return element("text", { class: classes, x, y }, escaped(text));
}

/** @param {Box} box @param {PlacedPort[]} backs Ports at which back edges end. */
export function drawBox(box, backs) {
  const ports = box.ports.map((port) => drawPort(box, port, backs.includes(port))).join("");
  if (box.role === "node") return drawNode(box, ports);
  if (box.role === "group") return element("g", { class: "ports", "data-of": box.id }, ports);
  return drawEnd(box, ports);
}

/** The frame and name of an open subgraph; what is inside comes after it. @param {Box} box */
export function drawGroup(box) {
  const { x, y, width, height, node } = box;
  if (!node) return "";
  const classes = ["box group", box.depth % 2 ? "even" : "", state(box)].filter(Boolean).join(" ");
  return element(
    "g",
    nodeAttributes(box, classes, `Subgraph ${node.calculator}`),
    tooltip(described(box)) +
      element("rect", { class: "frame", x, y, width, height, rx: 9 }) +
      rows(box) +
      toggle(box, "−") +
      alarm(box),
  );
}

/** @param {Box} box @param {string} ports */
function drawNode(box, ports) {
  const { x, y, width, height, node } = box;
  if (!node) return "";
  const classes = ["box node", `kind-${node.kind}`, state(box)].filter(Boolean).join(" ");
  const behind = node.graph
    ? element("rect", { class: "frame", x: x + 3, y: y + 3, width, height, rx: 6, opacity: 0.55 })
    : "";
  return element(
    "g",
    nodeAttributes(box, classes, `${node.calculator} ${node.name}`),
    tooltip(described(box)) +
      behind +
      element("rect", { class: "frame", x, y, width, height, rx: 6 }) +
      element("path", { class: "bar", d: bar(box) }) +
      rows(box) +
      (node.graph ? toggle(box, "+") : "") +
      ports +
      alarm(box),
  );
}

/** @param {Box} box @param {string} classes @param {string} label */
function nodeAttributes(box, classes, label) {
  return {
    class: classes,
    "data-id": box.id,
    "data-graph": box.graph,
    "data-depth": box.depth,
    role: "group",
    "aria-label": brief(label),
  };
}

/** A strip at the left side, whose colour shows the kind of node. @param {Box} box */
function bar({ x, y, height }) {
  const [left, top, bottom] = [x + 0.6, y + 6, y + height - 6];
  return `M${number(left)} ${number(top)}a5.4 5.4 0 0 1 3 -4.8v${number(bottom - top + 9.6)}a5.4 5.4 0 0 1 -3 -4.8z`;
}

/** @param {Box} box @param {string} ports */
function drawEnd(box, ports) {
  const { x, y, width, height } = box;
  const [port] = box.ports;
  const tagged = port.tag !== "";
  const middle = y + height / 2 + 4;
  const stacked = tagged && !box.role.startsWith("side");
  const label = stacked
    ? text("tag centre", x + width / 2, middle - 5.5, port.tag) +
      text("pill centre", x + width / 2, middle + 6, port.name)
    : tagged
      ? text("tag", x + 11, middle - 0.5, port.tag) +
        text("pill", x + 11 + textWidth(port.tag, "tag") + 2 * TAG_GAP, middle, port.name)
      : text("pill centre", x + width / 2, middle, port.name);
  const classes = ["box", box.role, port.port.implied ? "implied" : ""].filter(Boolean).join(" ");
  const shape = box.role.startsWith("side") ? { rx: 4 } : { rx: Math.min(height / 2, 14) };
  const note = port.port.implied
    ? "Not declared by the graph: it has to be given when the graph starts."
    : "";
  return element(
    "g",
    {
      class: classes,
      "data-id": box.id,
      "data-graph": box.graph,
      role: "group",
      "aria-label": brief(`${box.role.replace("_", " ")} ${port.port.entry}`),
    },
    tooltip([`${box.role.replace("_", " packet ")} ${port.port.entry}`, port.port.type, note]) +
      element("rect", { class: "frame", x, y, width, height, ...shape }) +
      label +
      ports,
  );
}

/** @param {Box} box @param {PlacedPort} port @param {boolean} back */
function drawPort(box, port, back) {
  const { side, x, y, labelX, labelY } = port;
  const classes = ["port", side, port.connected ? "" : "loose", back ? "back" : ""].filter(Boolean).join(" ");
  let content = tooltip([
    `${KINDS[side]} ${port.port.entry}`,
    port.port.type,
    port.port.back_edge ? "back edge" : "",
  ]);
  const isEnd = box.role !== "node" && box.role !== "group";
  content += mark(side, x, y, isEnd);
  if (!isEnd)
    content += side === "in" || side === "out" ? streamLabel(port) : sideLabel(port, labelX, labelY);
  return element(
    "g",
    {
      class: classes,
      "data-side": side,
      "data-index": port.index,
      "data-inner": port.inner >= 0 ? port.inner : null,
      "data-name": port.port.name,
    },
    content,
  );
}

/**
 * An arrowhead where a line ends, a dot where it begins.
 * @param {string} side
 * @param {number} x
 * @param {number} y
 * @param {boolean} isEnd
 */
function mark(side, x, y, isEnd) {
  const into = isEnd ? side === "out" || side === "side_out" : side === "in" || side === "side_in";
  const upright = side === "in" || side === "out";
  const d = upright
    ? `M${number(x - 3.6)} ${number(y - 6.4)}h7.2l-3.6 6.4z`
    : `M${number(x - 6.4)} ${number(y - 3.6)}v7.2l6.4 -3.6z`;
  return into
    ? element("path", { class: "mark", d })
    : element("circle", { class: "mark", cx: x, cy: y, r: 2.6 });
}

/** @param {PlacedPort} port */
function streamLabel({ tag, name, type, labelX, labelY }) {
  const y = type ? labelY - 10 : labelY;
  return (
    (tag ? text("tag centre", labelX, y - 10, tag) : "") +
    text("port-name centre", labelX, y, name) +
    (type ? text("type centre", labelX, labelY, type) : "")
  );
}

/**
 * The tag is next to the port; its width is nearly the same in all monospaced fonts.
 * @param {PlacedPort} port @param {number} x @param {number} y
 */
function sideLabel({ tag, name, type, side }, x, y) {
  const [way, end] = side === "side_in" ? [1, ""] : [-1, " end"];
  const typed = element("tspan", { class: "type" }, escaped(type));
  const named = !type ? escaped(name) : way > 0 ? `${escaped(name)} ${typed}` : `${typed} ${escaped(name)}`;
  const beyond = tag ? textWidth(tag, "tag") + TAG_GAP : 0;
  return (
    (tag ? text(`tag${end}`, x, y, tag) : "") +
    element("text", { class: `port-name${end}`, x: x + way * beyond, y }, named)
  );
}

/** @param {Box} box */
function rows(box) {
  return box.rows.map((row) => drawRow(row, box.x + row.x, box.y + row.y)).join("");
}

/** @param {Row} row @param {number} x @param {number} y */
function drawRow(row, x, y) {
  const full = row.full && row.full !== row.text ? tooltip([row.full]) : "";
  if (row.kind === "badge") {
    const width = row.width ?? 0;
    return element(
      "g",
      { class: "badge" },
      full +
        element("rect", { x, y: y - 10, width, height: 14, rx: 7 }) +
        text("centre", x + width / 2, y, row.text),
    );
  }
  if (row.kind === "option") {
    const key = element("tspan", { class: "key" }, escaped(`${row.text}: `));
    return element(
      "text",
      { class: row.dim ? "option dim" : "option", x, y },
      full + key + escaped(row.value ?? ""),
    );
  }
  return text(row.kind, x, y, row.kind === "more" ? `… ${row.text}` : row.text);
}

/**
 * The handle before the title that opens or closes a subgraph; drawn as lines, since a sign would differ between
 * fonts.
 * @param {Box} box @param {"+" | "−"} sign
 */
function toggle(box, sign) {
  const title = box.rows[0];
  const x = box.x + title.x - 16;
  const y = box.y + title.y - 9.5;
  const middle = [x + 5.5, y + 5.5];
  const across = `M${number(x + 3)} ${number(middle[1])}h5`;
  return element(
    "g",
    { class: "handle", "data-toggle": box.id },
    element("rect", { x: x - 4, y: y - 4, width: 19, height: 19, fill: "transparent" }) +
      element("rect", { class: "toggle", x, y, width: 11, height: 11, rx: 2.5 }) +
      element("path", {
        class: "toggle",
        d: sign === "+" ? `${across}M${number(middle[0])} ${number(y + 3)}v5` : across,
      }),
  );
}

/**
 * Whether a diagnostic calls for a mark. A calculator that is unknown is drawn as such: in a graph of another
 * program that is no error, unless its name is nearly a known one.
 * @param {{code: string, suggestion: string}} diagnostic
 */
export function alarms({ code, suggestion }) {
  return code !== "unknown-calculator" || suggestion.includes("Did you mean");
}

/** The diagnostics that a drawing marks. @param {Box["node"]} node */
export function alarming(node) {
  return node?.diagnostics.filter(alarms) ?? [];
}

/** @param {Box} box */
function state({ node }) {
  const found = alarming(node);
  if (!found.length) return "";
  return found.some((each) => each.severity === "error") ? "has-error" : "has-warning";
}

/** How many things are wrong with the node. @param {Box} box */
function alarm({ x, y, width, node }) {
  const found = alarming(node);
  if (!found.length) return "";
  const errors = found.filter((each) => each.severity === "error").length;
  const shown = String(errors || found.length);
  const own = countWidth(shown);
  const right = x + width + 6;
  return element(
    "g",
    { class: errors ? "alarm" : "alarm warning" },
    tooltip(found.map((each) => `${each.message} ${each.suggestion}`.trim())) +
      element("rect", { x: right - own, y: y - 8, width: own, height: 16, rx: 8 }) +
      text("tag centre", right - own / 2, y + 3.2, shown),
  );
}

/** @param {Box} box @returns {string[]} */
function described({ node }) {
  if (!node) return [];
  const location = node.location ? `${node.location.file}:${node.location.line}` : "";
  return [node.calculator, node.name === node.calculator ? "" : node.name, node.doc, node.note, location];
}
