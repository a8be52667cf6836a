/** The layout of one graph, including its open subgraphs. */

import { moveBlocks } from "./blocks.js";
import { borderPort, endsOf, pillOf, reachEnds, stackEnds } from "./ends.js";
import { cycleClosers, ranks } from "./layering.js";
import { joined } from "./level_graph.js";
import { order } from "./ordering.js";
import { closedPart, openPart, titlePart } from "./parts.js";
import { boundsOf, place } from "./positions.js";
import { jointsOf, route, rowsOf } from "./routes.js";
import { straighten } from "./straighten.js";

/** @typedef {import("./types.js").Box} Box */
/** @typedef {import("./types.js").Edge} Edge */
/** @typedef {import("./types.js").Graph} Graph */
/** @typedef {import("./types.js").GraphNode} GraphNode */
/** @typedef {import("./types.js").PlacedPort} PlacedPort */
/** @typedef {import("./types.js").Point} Point */
/** @typedef {import("./types.js").Port} Port */
/** @typedef {import("./types.js").Row} Row */
/** @typedef {import("./types.js").Side} Side */
/** @typedef {import("./types.js").Wire} Wire */
/** @typedef {import("./level_graph.js").Net} Net */
/** @typedef {import("./level_graph.js").Vertex} Vertex */
/** @typedef {import("./ends.js").End} End */
/** @typedef {import("./parts.js").Part} Part */
/** @typedef {Map<string, Part | End>} Parts */

/**
 * @typedef {object} Level
 * @property {number} width
 * @property {number} height
 * @property {Box[]} boxes
 * @property {Wire[]} wires
 * @property {PlacedPort[]} ports The ports on the border of an open subgraph.
 * @property {Record<Side, number[]>} ends The positions by list of the node: x of streams, y of side packets.
 * @property {Row[]} rows The name of the subgraph.
 */
/** @typedef {import("./card.js").Detail & {open: (node: GraphNode) => boolean}} Choices */

const PAD = 12;

/**
 * @param {Graph} graph @param {GraphNode | null} around The node that the graph is inside of.
 * @param {number} depth @param {Choices} choices @returns {Level}
 */
export function levelOf(graph, around, depth, choices) {
  /** @type {Map<string, Level>} */
  const inside = new Map();
  /** @type {Parts} */
  const parts = new Map();
  const ends = endsOf(graph, around);
  for (const end of ends) parts.set(`${end.side}${end.inner >= 0 ? end.inner : `outer${end.outer}`}`, end);
  for (const node of graph.nodes) {
    if (node.graph && choices.open(node)) {
      const level = levelOf(node.graph, node, depth + 1, choices);
      inside.set(node.id, level);
      parts.set(`node ${node.id}`, openPart(node, level));
    } else parts.set(`node ${node.id}`, closedPart(node, choices));
  }
  const title = around ? titlePart(around) : null;
  const nets = netsOf(graph, parts);
  setLayers(graph, parts, nets, ends, around !== null);
  const boxes = [...(title ? [title.vertex] : []), ...[...parts.values()].map((part) => part.vertex)];
  const { layers, paths } = joined(boxes, nets);
  order(layers);
  withoutTurns(layers);
  for (const layer of layers) stackEnds(layer, ends);
  moveBlocks(layers, place(layers));
  for (const layer of layers) for (const vertex of layer) vertex.x = Math.round(vertex.x);
  straighten(layers);
  // From here on the left edge is at x = 0.
  const bounds = boundsOf(layers);
  const shift = PAD - bounds.least + (around ? 2 : 0);
  for (const layer of layers) for (const vertex of layer) vertex.x += shift;
  const { find, tracks, height } = rowsOf(layers);
  const width = bounds.most + shift + PAD + (around ? 2 : 0);
  const below = around && !graph.outputs.length && !around.outputs.length ? PAD : 0;

  const joints = jointsOf(tracks, find);
  /** @type {Wire[]} */
  const wires = [];
  for (const net of nets) {
    let branches = joints.get(net.id) ?? [];
    for (const target of net.targets) {
      const points = route(net, { pin: target.pin, via: paths.get(target) ?? [] }, find);
      reachEnds(points, net.source.vertex, target.pin.vertex, ends, width, height + below);
      const back = target.edge.back_edge || target.pin.vertex.layer <= net.source.vertex.layer;
      wires.push({
        id: target.edge.id,
        edge: target.edge,
        graph: graph.id,
        depth,
        back,
        points,
        joints: branches,
      });
      branches = [];
    }
  }
  /** @type {Level} */
  const result = {
    width,
    height: height + below,
    boxes: [],
    wires,
    ports: [],
    ends: { in: [], out: [], side_in: [], side_out: [] },
    rows: [],
  };
  if (around) {
    for (const end of ends) {
      const port = borderPort(end, width, result.height);
      if (end.outer >= 0)
        result.ends[end.side][end.outer] = end.side === "in" || end.side === "out" ? port.x : port.y;
      result.ports.push(port);
    }
    if (title) result.rows = title.rows.map((row) => ({ ...row, x: row.x + 2, y: row.y + title.vertex.y }));
  } else result.boxes.push(...ends.map(pillOf));
  for (const node of graph.nodes) {
    const part = /** @type {Part} */ (parts.get(`node ${node.id}`));
    result.boxes.push({ ...part.box(), graph: graph.id, depth });
    const level = inside.get(node.id);
    if (level) {
      const inner = moved(level, part.vertex.x, part.vertex.y);
      result.boxes = result.boxes.concat(inner.boxes);
      result.wires = result.wires.concat(inner.wires);
    }
  }
  return result;
}

/**
 * The content of a graph, translated.
 * @param {{boxes: Box[], wires: Wire[]}} level
 * @param {number} x
 * @param {number} y
 * @returns {{boxes: Box[], wires: Wire[]}}
 */
export function moved({ boxes, wires }, x, y) {
  const point = (/** @type {Point} */ [px, py]) => /** @type {Point} */ ([px + x, py + y]);
  return {
    boxes: boxes.map((box) => {
      const ports = box.ports.map((port) => ({
        ...port,
        x: port.x + x,
        y: port.y + y,
        labelX: port.labelX + x,
        labelY: port.labelY + y,
      }));
      return { ...box, x: box.x + x, y: box.y + y, ports };
    }),
    wires: wires.map((wire) => ({ ...wire, points: wire.points.map(point), joints: wire.joints.map(point) })),
  };
}

/** One net for each stream and side packet. @param {Graph} graph @param {Parts} parts @returns {Net[]} */
function netsOf(graph, parts) {
  /** @type {Map<string, Net>} */
  const nets = new Map();
  for (const edge of graph.edges) {
    const stream = edge.kind === "stream";
    const sourceSide = edge.source.node ? (stream ? "out" : "side_out") : stream ? "in" : "side_in";
    const targetSide = edge.target.node ? (stream ? "in" : "side_in") : stream ? "out" : "side_out";
    const source = parts.get(
      edge.source.node ? `node ${edge.source.node}` : `${sourceSide}${edge.source.port}`,
    );
    const target = parts.get(
      edge.target.node ? `node ${edge.target.node}` : `${targetSide}${edge.target.port}`,
    );
    if (!source || !target) continue;
    const key = `${sourceSide} ${edge.source.port} ${edge.source.node}`;
    const net = nets.get(key) ?? {
      id: nets.size,
      source: source.pin(sourceSide, edge.source.port),
      targets: [],
    };
    nets.set(key, net);
    net.targets.push({ edge, pin: target.pin(targetSide, edge.target.port) });
  }
  return [...nets.values()];
}

/**
 * Give every part its layer: inputs in the first, outputs in the last.
 * @param {Graph} graph
 * @param {Parts} parts
 * @param {Net[]} nets
 * @param {End[]} ends
 * @param {boolean} nested
 */
function setLayers(graph, parts, nets, ends, nested) {
  const vertices = [...parts.values()].map((part) => part.vertex);
  const index = new Map(vertices.map((vertex, position) => [vertex, position]));
  const count = vertices.length;
  /** @type {import("./layering.js").Arrow[]} */
  const arrows = [];
  for (const net of nets) {
    for (const target of net.targets) {
      const from = /** @type {number} */ (index.get(net.source.vertex));
      const to = /** @type {number} */ (index.get(target.pin.vertex));
      if (from !== to && !target.edge.back_edge) arrows.push({ from, to, weight: 1, length: 1 });
    }
  }
  const closing = cycleClosers(count, arrows);
  const kept = arrows.filter((arrow) => !closing.has(arrow));
  const streamEnds = (/** @type {Side} */ side) =>
    ends.filter((end) => end.side === side).map((end) => /** @type {number} */ (index.get(end.vertex)));
  const first = new Set(streamEnds("in"));
  const last = new Set(streamEnds("out"));
  const above = first.size || nested ? 1 : 0;
  for (let position = 0; position < count; position++) {
    const isFirst = first.has(position);
    const isLast = last.has(position);
    kept.push({ from: count, to: position, weight: isFirst ? 1000 : 0, length: isFirst ? 0 : above });
    kept.push({
      from: position,
      to: count + 1,
      weight: isLast ? 1000 : 0,
      length: isLast ? 0 : last.size ? 1 : 0,
    });
  }
  const rank = ranks(count + 2, kept);
  vertices.forEach((vertex, position) => (vertex.layer = rank[position] - rank[count] + 1));
}

/**
 * Remove the turns, which only reserved positions in the order, and connect their neighbours directly.
 * @param {Vertex[][]} layers
 */
function withoutTurns(layers) {
  for (let index = 0; index < layers.length; index++) {
    for (const vertex of layers[index]) {
      if (vertex.kind !== "turn") continue;
      for (const pins of [vertex.top, vertex.bottom]) {
        for (const pin of pins) {
          for (const one of pin.links) {
            one.links = one.links.filter((other) => other !== pin);
            for (const other of pin.links) if (other !== one) one.links.push(other);
          }
        }
      }
    }
    layers[index] = layers[index].filter((vertex) => vertex.kind !== "turn");
  }
}
