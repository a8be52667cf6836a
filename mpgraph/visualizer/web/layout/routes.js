/** Routing: from positioned vertices to the corners of every line. */

import { STEP_OFFSET, assignRows, channelHeight, rowOffset, track } from "./channels.js";

/** @typedef {import("./level_graph.js").Vertex} Vertex */
/** @typedef {import("./level_graph.js").Pin} Pin */
/** @typedef {import("./level_graph.js").Net} Net */
/** @typedef {import("./types.js").Point} Point */
/** @typedef {import("./channels.js").Track} Track */

/**
 * @typedef {(net: number, channel: number) => {y: number, stepY: number, aside: Map<number, number>}} Find
 *   The height at which a net runs sideways in a channel, and which of its upper ends step aside at which height.
 */

/** @type {Map<number, number>} */
const NONE = new Map();

/** @param {Pin} pin */
const xOf = (pin) => pin.vertex.x + pin.dx;

/**
 * Set the height of every vertex and assign rows to all lines.
 * @param {Vertex[][]} layers Without turns.
 * @returns {{find: Find, tracks: Track[][], height: number}}
 */
export function rowsOf(layers) {
  /** @type {Track[][]} */
  const channels = [];
  /** @type {Map<number, Track>[]} */
  const byNet = [];
  /** @type {number[]} */
  const starts = [];
  let y = 0;
  for (let index = 0; index < layers.length; index++) {
    const layer = layers[index];
    for (const vertex of layer) vertex.y = y;
    y += layer.reduce((most, vertex) => Math.max(most, vertex.height), 0);
    if (index + 1 === layers.length) break;
    /** @type {Map<number, {tops: number[], bottoms: number[]}>} */
    const lines = new Map();
    /** @param {Pin} pin @param {"tops" | "bottoms"} end */
    const add = (pin, end) => {
      if (pin.net < 0) return;
      const line = lines.get(pin.net) ?? { tops: [], bottoms: [] };
      line[end].push(xOf(pin));
      lines.set(pin.net, line);
    };
    for (const vertex of layer) for (const pin of vertex.bottom) add(pin, "tops");
    for (const vertex of layers[index + 1]) for (const pin of vertex.top) add(pin, "bottoms");
    const tracks = [...lines].map(([net, line]) => track(net, line.tops, line.bottoms));
    const rows = assignRows(tracks);
    channels.push(tracks);
    byNet.push(new Map(tracks.map((each) => [each.net, each])));
    starts.push(y);
    const edge = index === 0 || index + 2 === layers.length;
    y += edge && !tracks.length ? 0 : channelHeight(rows, tracks.length > 0);
  }
  return {
    find(net, channel) {
      const found = byNet[channel].get(net);
      const stepY = starts[channel] + STEP_OFFSET;
      return {
        y: starts[channel] + rowOffset(Math.max(0, found?.row ?? 0)),
        stepY,
        aside: found?.aside ?? NONE,
      };
    },
    tracks: channels,
    height: y,
  };
}

/**
 * The corners of one line, from the port of its source to the port of its target.
 * @param {Net} net @param {{pin: Pin, via: Vertex[]}} target @param {Find} find
 * @returns {Point[]}
 */
export function route(net, target, find) {
  const { source } = net;
  const from = source.vertex;
  /** @type {Point[]} */
  const points = [];
  /** @param {Pin} end @param {number} y */
  const corners = (end, y) => {
    const box = end.vertex;
    if (end.tail.length)
      return end.tail.map((/** @type {Point} */ [x, dy]) => /** @type {Point} */ ([box.x + x, box.y + dy]));
    return [/** @type {Point} */ ([xOf(end), y])];
  };
  points.push(...corners(source, from.y + from.height));
  let x = xOf(source);
  /**
   * Through a channel, from its upper or lower side.
   * @param {number} channel
   * @param {"above" | "below"} from
   * @param {number} to
   * @param {"above" | "below"} end
   */
  const across = (channel, from, to, end) => {
    if (to === x) return;
    const { y, stepY, aside } = find(net.id, channel);
    const leaves = from === "above" ? (aside.get(x) ?? x) : x;
    const enters = end === "above" ? (aside.get(to) ?? to) : to;
    if (leaves !== x) points.push([x, stepY], [leaves, stepY]);
    points.push([leaves, y], [enters, y]);
    if (enters !== to) points.push([enters, stepY], [to, stepY]);
    x = to;
  };
  const { layer } = target.pin.vertex;
  if (layer > from.layer) {
    for (const dummy of target.via) across(dummy.layer - 1, "above", dummy.x, "below");
    across(layer - 1, "above", xOf(target.pin), "below");
  } else {
    // Down into the channel below, sideways, and up past its own layer and the layers between.
    across(from.layer, "above", target.via[0].x, "above");
    for (const dummy of target.via.slice(1)) across(dummy.layer, "below", dummy.x, "above");
    across(layer - 1, "below", xOf(target.pin), "below");
  }
  points.push(...corners(target.pin, target.pin.vertex.y));
  return simplified(points);
}

/** Remove corners on straight segments. @param {Point[]} points @returns {Point[]} */
function simplified(points) {
  /** @type {Point[]} */
  const kept = [];
  for (const point of points) {
    const last = kept[kept.length - 1];
    if (last && last[0] === point[0] && last[1] === point[1]) continue;
    const before = kept[kept.length - 2];
    if (
      before &&
      ((before[0] === last[0] && last[0] === point[0]) || (before[1] === last[1] && last[1] === point[1]))
    ) {
      kept[kept.length - 1] = point;
    } else kept.push(point);
  }
  return kept;
}

/**
 * Where a net's line branches.
 * @param {Track[][]} tracks
 * @param {Find} find
 * @returns {Map<number, Point[]>} By net.
 */
export function jointsOf(tracks, find) {
  /** @type {Map<number, Point[]>} */
  const joints = new Map();
  tracks.forEach((channel, index) => {
    for (const { net, tops: starts, bottoms, row, aside } of channel) {
      if (row < 0 || starts.length + bottoms.length < 3) continue;
      const tops = starts.map((x) => aside.get(x) ?? x);
      const [least, most] = [Math.min(...tops, ...bottoms), Math.max(...tops, ...bottoms)];
      for (const x of new Set([...tops, ...bottoms])) {
        const ways =
          Number(x > least) + Number(x < most) + Number(tops.includes(x)) + Number(bottoms.includes(x));
        if (ways > 2) joints.set(net, [...(joints.get(net) ?? []), [x, find(net, index).y]]);
      }
    }
  });
  return joints;
}
