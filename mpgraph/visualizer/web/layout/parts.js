/**
 * The nodes in a layout, closed nodes and open subgraphs. Each has its vertex, the pins of its ports, and a
 * function that returns its box once its position is known.
 */

import { CELL_GAP, cardOf, cellsHeight, cellsWidth, headingOf } from "./card.js";
import { pin, vertex } from "./level_graph.js";

/** @typedef {import("./types.js").Box} Box */
/** @typedef {import("./types.js").GraphNode} GraphNode */
/** @typedef {import("./types.js").PlacedPort} PlacedPort */
/** @typedef {import("./types.js").Side} Side */
/** @typedef {import("./card.js").Cell} Cell */
/** @typedef {import("./level_graph.js").Vertex} Vertex */
/** @typedef {import("./level_graph.js").Pin} Pin */
/** @typedef {import("./level.js").Level} Level */

/**
 * @typedef {object} Part
 * @property {Vertex} vertex
 * @property {(side: Side, index: number) => Pin} pin The pin of a port, created on first use.
 * @property {() => Box} box Relative to the level, once the vertex has its position.
 */
/** @typedef {Map<string, Pin>} Pins */

const LANE = 5;
const FIRST_LANE = 9;

/** @param {Vertex} at @param {Partial<Box> & {id: string, role: Box["role"]}} given @returns {Box} */
function boxAt(at, given) {
  return {
    node: null,
    graph: "",
    depth: 0,
    x: at.x,
    y: at.y,
    width: at.width,
    height: at.height,
    ports: [],
    rows: [],
    ...given,
  };
}

/**
 * Lanes beside a box, for side packets: lines of upper ports are nearest on the left and farthest on the right,
 * so that they do not cross.
 * @param {Vertex} at @param {Pins} pins @param {"side_in" | "side_out"} side @param {number[]} heights
 */
function setLanes(at, pins, side, heights) {
  const used = heights.map((_, index) => index).filter((index) => pins.has(side + index));
  used.sort((a, b) => heights[a] - heights[b]);
  const created = [];
  for (const [lane, index] of used.entries()) {
    const own = /** @type {Pin} */ (pins.get(side + index));
    const y = heights[index];
    if (side === "side_in") {
      own.dx = -(FIRST_LANE + LANE * lane);
      own.tail = [
        [own.dx, y],
        [0, y],
      ];
      created.unshift(own);
    } else {
      own.dx = at.width + FIRST_LANE + LANE * (used.length - 1 - lane);
      own.tail = [
        [at.width, y],
        [own.dx, y],
      ];
      created.unshift(own);
    }
  }
  const room = used.length ? FIRST_LANE + LANE * (used.length - 1) : 0;
  if (side === "side_in") {
    at.left = room;
    at.top = [...created, ...at.top.slice(at.fixedTop)];
    at.fixedTop = created.length;
  } else {
    at.right = room;
    at.bottom = [...at.bottom.slice(0, at.bottom.length - at.fixedBottom), ...created];
    at.fixedBottom = created.length;
  }
}

/** A closed node. @param {GraphNode} node @param {import("./card.js").Detail} detail @returns {Part} */
export function closedPart(node, detail) {
  const card = cardOf(node, detail);
  const own = vertex({ width: card.width, height: card.height });
  /** @type {Pins} */
  const pins = new Map();
  /** @type {Map<Pin, number>} */
  const indices = new Map();
  /** @type {Map<Pin, number>} */
  const lanes = new Map();
  /** @type {{in: number[], out: number[]}} */
  const middles = { in: [], out: [] };
  const heights = { side_in: card.sideInputYs, side_out: card.sideOutputYs };

  /**
   * Put the labels of a side in the order of the pins, those of unconnected ports last. Its side packets are
   * ordered from the lowest, whose line is farthest to the left, to the highest.
   * @param {Pin[]} sorted
   * @param {"top" | "bottom"} facing
   */
  function arrange(sorted, facing) {
    const side = facing === "top" ? "in" : "out";
    const cells = side === "in" ? card.inputs : card.outputs;
    const placed = sorted.filter((each) => indices.has(each));
    const order = placed.map((each) => /** @type {number} */ (indices.get(each)));
    for (const cell of cells) if (!order.includes(cell.index)) order.push(cell.index);
    let x = (card.width - cellsWidth(cells)) / 2;
    for (const index of order) {
      middles[side][index] = Math.round(x + cells[index].width / 2);
      x += cells[index].width + CELL_GAP;
    }
    for (const each of placed) each.dx = middles[side][/** @type {number} */ (indices.get(each))];
    const beside = facing === "top" ? "side_in" : "side_out";
    const rows = [...heights[beside]].sort((a, b) => a - b);
    const upwards = sorted.filter((each) => lanes.has(each)).reverse();
    const fromTop = upwards.map((each) => /** @type {number} */ (lanes.get(each)));
    for (const index of rows.keys()) if (!fromTop.includes(index)) fromTop.push(index);
    fromTop.forEach((index, row) => (heights[beside][index] = rows[row]));
    if (upwards.length) setLanes(own, pins, beside, heights[beside]);
  }

  own.arrange = arrange;
  arrange([], "top");
  arrange([], "bottom");
  return {
    vertex: own,
    pin(side, index) {
      const known = pins.get(side + index);
      if (known) return known;
      const created = pin(own, 0, []);
      pins.set(side + index, created);
      if (side === "in" || side === "out") {
        const facing = side === "in" ? "top" : "bottom";
        indices.set(created, index);
        if (side === "in") own.top = [...own.top, created];
        else
          own.bottom = [
            ...own.bottom.slice(0, own.bottom.length - own.fixedBottom),
            created,
            ...own.bottom.slice(own.bottom.length - own.fixedBottom),
          ];
        arrange(own[facing], facing);
      } else {
        lanes.set(created, index);
        setLanes(own, pins, side, heights[side]);
      }
      return created;
    },
    box() {
      /** @type {PlacedPort[]} */
      const ports = [];
      /**
       * @param {Side} side
       * @param {Cell} cell
       * @param {number} x
       * @param {number} y
       * @param {number} labelX
       * @param {number} labelY
       */
      const add = (side, cell, x, y, labelX, labelY) => {
        const connected = pins.has(side + cell.index);
        ports.push({
          side,
          index: cell.index,
          inner: -1,
          port: cell.port,
          x: own.x + x,
          y: own.y + y,
          labelX: own.x + labelX,
          labelY: own.y + labelY,
          tag: cell.tag,
          name: cell.name,
          type: cell.type,
          connected,
        });
      };
      const { width, height } = card;
      /** @param {"in" | "out"} side @param {number} index */
      const portX = (side, index) => pins.get(side + index)?.dx ?? middles[side][index];
      for (const { index } of card.inputs)
        add("in", card.inputs[index], portX("in", index), 0, middles.in[index], cellsHeight(card.inputs) - 1);
      for (const { index } of card.outputs)
        add("out", card.outputs[index], portX("out", index), height, middles.out[index], height - 5);
      card.sideInputs.forEach((cell, index) =>
        add("side_in", cell, 0, card.sideInputYs[index], 8, card.sideInputYs[index] + 3),
      );
      card.sideOutputs.forEach((cell, index) =>
        add("side_out", cell, width, card.sideOutputYs[index], width - 8, card.sideOutputYs[index] + 3),
      );
      return boxAt(own, { id: node.id, role: "node", node, ports, rows: card.rows });
    },
  };
}

/** An open subgraph around its own layout. @param {GraphNode} node @param {Level} level @returns {Part} */
export function openPart(node, level) {
  const own = vertex({ width: level.width, height: level.height });
  /** @type {Pins} */
  const pins = new Map();
  const lists = { side_in: node.side_inputs, side_out: node.side_outputs };
  return {
    vertex: own,
    pin(side, index) {
      const known = pins.get(side + index);
      if (known) return known;
      const created = pin(own, 0, []);
      pins.set(side + index, created);
      if (side === "in" || side === "out") {
        created.dx = level.ends[side][index] ?? Math.round(level.width / 2);
        const byPlace = (/** @type {Pin} */ a, /** @type {Pin} */ b) => a.dx - b.dx;
        if (side === "in")
          own.top = [
            ...own.top.slice(0, own.fixedTop),
            ...[...own.top.slice(own.fixedTop), created].sort(byPlace),
          ];
        else
          own.bottom = [
            ...[...own.bottom.slice(0, own.bottom.length - own.fixedBottom), created].sort(byPlace),
            ...own.bottom.slice(own.bottom.length - own.fixedBottom),
          ];
      } else
        setLanes(
          own,
          pins,
          side,
          lists[side].map((_, at) => level.ends[side][at] ?? 40),
        );
      return created;
    },
    box() {
      const ports = level.ports.map((port) => ({
        ...port,
        x: port.x + own.x,
        y: port.y + own.y,
        labelX: port.labelX + own.x,
        labelY: port.labelY + own.y,
        connected: pins.has(port.side + port.index),
      }));
      return boxAt(own, { id: node.id, role: "group", node, ports, rows: level.rows });
    },
  };
}

/** The name of an open subgraph, in its first layer. @param {GraphNode} node */
export function titlePart(node) {
  const heading = headingOf(node, 0);
  return {
    vertex: vertex({
      width: Math.ceil(heading.width + 12),
      height: Math.ceil(heading.bottom + 2),
      pinned: -1,
      layer: 1,
    }),
    rows: heading.rows,
  };
}
