/**
 * The ends of a graph, its own inputs and outputs: pills of the outermost graph, labels at the border of an
 * open subgraph.
 *
 * Side packets of one layer are stacked at its left or right end. Only the outermost of their vertices takes up
 * the space of the labels; the line that turns first is the lowest, so that the lines do not cross.
 */

import { TAG_GAP, cellOf, cellsHeight, sideLabelWidth } from "./card.js";
import { pin, vertex } from "./level_graph.js";
import { textWidth } from "./text.js";

/** @typedef {import("./types.js").Box} Box */
/** @typedef {import("./types.js").Graph} Graph */
/** @typedef {import("./types.js").GraphNode} GraphNode */
/** @typedef {import("./types.js").PlacedPort} PlacedPort */
/** @typedef {import("./types.js").Point} Point */
/** @typedef {import("./types.js").Port} Port */
/** @typedef {import("./types.js").Side} Side */
/** @typedef {import("./card.js").Cell} Cell */
/** @typedef {import("./level_graph.js").Vertex} Vertex */
/** @typedef {import("./level_graph.js").Pin} Pin */

/**
 * @typedef {object} End
 * @property {Side} side Its role in the graph.
 * @property {number} inner The index of the graph's port, -1 for a port that only the node around it has.
 * @property {number} outer The index of the port of the node around it, -1 for none.
 * @property {boolean} outermost
 * @property {Vertex} vertex
 * @property {Vertex} lead The vertex that reserves the space for its label.
 * @property {Cell} cell
 * @property {number} width Of the pill or label.
 * @property {number} row Its position in its stack of labels, from the top.
 * @property {() => Pin} pin Its pin, created on first use.
 * @property {() => boolean} used
 */

export const LISTS = /** @type {const} */ ({
  in: "inputs",
  out: "outputs",
  side_in: "side_inputs",
  side_out: "side_outputs",
});
const SIDES = /** @type {Side[]} */ (["in", "side_in", "side_out", "out"]);
const ROLES = /** @type {const} */ ({
  in: "input",
  out: "output",
  side_in: "side_input",
  side_out: "side_output",
});
const PILL = 24;
const TALL_PILL = 34;
const PILL_ROW = 30;
const LABEL_ROW = 16;
const LANE = 9;
/** Where the line of a stream passes the border of an open subgraph: at the left of its label. */
const BESIDE = 4;

/**
 * The ends of a graph: its own ports, and the ports of the node around it that it lacks.
 * @param {Graph} graph
 * @param {GraphNode | null} around
 * @returns {End[]}
 */
export function endsOf(graph, around) {
  /** @type {End[]} */
  const ends = [];
  for (const side of SIDES) {
    const inner = graph[LISTS[side]];
    const outer = around ? around[LISTS[side]] : [];
    const tall = inner.some((port) => port.tag) ? TALL_PILL : PILL;
    const height = around
      ? cellsHeight([...inner, ...outer].map((port, index) => cellOf(port, index, false))) + 3
      : tall;
    const same = (/** @type {Port} */ a, /** @type {Port} */ b) => a.tag === b.tag && a.index === b.index;
    inner.forEach((port, index) => {
      const found = port.implied ? -1 : outer.findIndex((other) => same(port, other));
      ends.push(endOf(side, index, found, port, !around, height));
    });
    outer.forEach((port, index) => {
      if (inner.some((other) => !other.implied && same(port, other))) return;
      ends.push(endOf(side, -1, index, port, !around, height));
    });
  }
  return ends;
}

/**
 * @param {Side} side
 * @param {number} inner
 * @param {number} outer
 * @param {Port} port
 * @param {boolean} outermost
 * @param {number} height
 * @returns {End}
 */
function endOf(side, inner, outer, port, outermost, height) {
  const cell = cellOf(port, Math.max(inner, outer), false);
  const isStream = side === "in" || side === "out";
  const [tag, name] = [textWidth(cell.tag, "tag"), textWidth(cell.name, "pill")];
  const pill = (isStream ? Math.max(tag, name) : name + (tag ? tag + 2 * TAG_GAP : 0)) + 22;
  const width = Math.ceil(outermost ? pill : isStream ? cell.width + BESIDE + 9 : sideLabelWidth(cell) + 12);
  const own = vertex({
    width,
    height: isStream ? height : LABEL_ROW,
    pinned: side === "side_in" ? -1 : side === "side_out" ? 1 : 0,
  });
  const line = outermost || !isStream ? Math.round(width / 2) : BESIDE;
  /** @type {Pin | null} */
  let created = null;
  return {
    side,
    inner,
    outer,
    outermost,
    cell,
    width,
    vertex: own,
    lead: own,
    row: 0,
    used: () => created !== null,
    pin() {
      if (created) return created;
      created = pin(own, line, []);
      if (side === "in" || side === "side_in") own.bottom.push(created);
      else own.top.push(created);
      return created;
    },
  };
}

/** Put the side packets of a layer below each other. @param {Vertex[]} layer In order. @param {End[]} ends */
export function stackEnds(layer, ends) {
  for (const side of /** @type {Side[]} */ (["side_in", "side_out"])) {
    const here = ends.filter((end) => end.side === side && end.vertex.layer === layer[0]?.layer);
    here.sort((a, b) => layer.indexOf(a.vertex) - layer.indexOf(b.vertex));
    if (side === "side_out") here.reverse();
    const widest = here.reduce((most, end) => Math.max(most, end.width), 0);
    here.forEach((end, place) => {
      const own = end.vertex;
      const step = end.outermost ? PILL_ROW : LABEL_ROW;
      const room = end.outermost ? LANE : 0;
      end.lead = here[0].vertex;
      end.row = here.length - 1 - place;
      own.width = place === 0 ? widest : 1;
      own.height = step * here.length + (end.outermost ? 0 : 3);
      own[side === "side_in" ? "right" : "left"] = place === 0 ? room : 0;
      if (!end.used()) return;
      const only = end.pin();
      only.dx = side === "side_in" ? own.width + (place === 0 ? room : 0) : place === 0 ? -room : 0;
      const line = end.row * step + (end.outermost ? PILL / 2 : 13);
      // The other end of this segment is at the pill or the border, whose position is not known yet.
      only.tail =
        side === "side_in"
          ? [
              [only.dx, line],
              [only.dx, line],
            ]
          : [
              [only.dx, line],
              [only.dx, line],
            ];
    });
  }
}

/**
 * Let the lines of side packets end at their pills, and those of open subgraphs at the border.
 * @param {Point[]} points
 * @param {Vertex} source
 * @param {Vertex} target
 * @param {End[]} ends
 * @param {number} width Of the graph. @param {number} height
 */
export function reachEnds(points, source, target, ends, width, height) {
  for (const end of ends) {
    if (!end.outermost && end.side === "in" && end.vertex === source) points[0][1] = 0;
    if (!end.outermost && end.side === "out" && end.vertex === target) points[points.length - 1][1] = height;
    if (end.side === "side_in" && end.vertex === source) {
      points.unshift([end.outermost ? end.lead.x + end.lead.width : 0, points[0][1]]);
      if (points.length > 2 && points[1][1] === points[2][1]) points.splice(1, 1);
    }
    if (end.side === "side_out" && end.vertex === target) {
      points.push([end.outermost ? end.lead.x : width, points[points.length - 1][1]]);
      const before = points.length - 2;
      if (before > 0 && points[before][1] === points[before - 1][1]) points.splice(before, 1);
    }
  }
}

/** The pill of an end of the outermost graph. @param {End} end @returns {Box} */
export function pillOf(end) {
  const { side, cell, lead, width } = end;
  const x = side === "side_in" ? lead.x + lead.width - width : side === "side_out" ? lead.x : end.vertex.x;
  const y = end.vertex.y + end.row * PILL_ROW;
  const middle = x + Math.round(width / 2);
  const height = side === "in" || side === "out" ? end.vertex.height : PILL;
  const at = {
    in: [middle, y + height],
    out: [middle, y],
    side_in: [x + width, y + PILL / 2],
    side_out: [x, y + PILL / 2],
  }[side];
  /** @type {PlacedPort} */
  const port = {
    side,
    index: end.inner,
    inner: -1,
    port: cell.port,
    x: at[0],
    y: at[1],
    labelX: middle,
    labelY: y + 16,
    tag: cell.tag,
    name: cell.name,
    type: "",
    connected: end.used(),
  };
  return {
    id: `${side}:${cell.port.entry}`,
    role: ROLES[side],
    node: null,
    graph: "",
    depth: 0,
    x,
    y,
    width,
    height,
    ports: [port],
    rows: [],
  };
}

/**
 * The port of an end at the border of an open subgraph.
 * @param {End} end
 * @param {number} width Of the subgraph.
 * @param {number} height
 * @returns {PlacedPort}
 */
export function borderPort(end, width, height) {
  const { side, vertex: own, cell } = end;
  const across = own.x + BESIDE;
  const middle = across + 5 + cell.width / 2;
  const line = own.y + LABEL_ROW * end.row + 13;
  const place = {
    in: { x: across, y: 0, labelX: middle, labelY: own.y + own.height - 5 },
    out: { x: across, y: height, labelX: middle, labelY: height - 5 },
    side_in: { x: 0, y: line, labelX: 8, labelY: line - 4 },
    side_out: { x: width, y: line, labelX: width - 8, labelY: line - 4 },
  }[side];
  return {
    side,
    index: end.outer,
    inner: end.inner,
    port: cell.port,
    tag: cell.tag,
    name: cell.name,
    type: "",
    connected: true,
    ...place,
  };
}
