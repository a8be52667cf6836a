/** From vertices in their places to the corners of every line. */

import { assignRows, channelHeight, rowOffset, track } from "./channels.js";

/** @typedef {import("./level_graph.js").Vertex} Vertex */
/** @typedef {import("./level_graph.js").Pin} Pin */
/** @typedef {import("./level_graph.js").Net} Net */
/** @typedef {import("./types.js").Point} Point */
/** @typedef {import("./channels.js").Track} Track */

/** @param {Pin} pin */
const xOf = (pin) => pin.vertex.x + pin.dx;

/**
 * Set the height of every vertex's place and find the rows of all lines.
 * @param {Vertex[][]} layers Without turns.
 * @returns {{rowY: (net: number, channel: number) => number, tracks: Track[][], height: number, tops: number[]}}
 */
export function rowsOf(layers) {
  /** @type {Track[][]} */
  const channels = [];
  /** @type {Map<number, Track>[]} */
  const byNet = [];
  const tops = [];
  /** @type {number[]} */
  const starts = [];
  let y = 0;
  for (let index = 0; index < layers.length; index++) {
    const layer = layers[index];
    tops.push(y);
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
    rowY: (net, channel) => starts[channel] + rowOffset(Math.max(0, byNet[channel].get(net)?.row ?? 0)),
    tracks: channels,
    height: y,
    tops,
  };
}

/**
 * The corners of one line, from its source's port to its target's.
 * @param {Net} net @param {{pin: Pin, via: Vertex[]}} target @param {(net: number, channel: number) => number} rowY
 * @returns {Point[]}
 */
export function route(net, target, rowY) {
  const { source } = net;
  const from = source.vertex;
  /** @type {Point[]} */
  const points = [];
  /** @param {Pin} end @param {number} y */
  const corners = (end, y) => {
    const box = end.vertex;
    if (end.tail.length) return end.tail.map((/** @type {Point} */ [x, dy]) => /** @type {Point} */ ([box.x + x, box.y + dy]));
    return [/** @type {Point} */ ([xOf(end), y])];
  };
  points.push(...corners(source, from.y + from.height));
  let x = xOf(source);
  const down = target.pin.vertex.layer > from.layer;
  const across = (/** @type {number} */ channel, /** @type {number} */ to) => {
    if (to === x) return;
    const y = rowY(net.id, channel);
    points.push([x, y], [to, y]);
    x = to;
  };
  if (down) {
    for (const dummy of target.via) across(dummy.layer - 1, dummy.x);
    across(target.pin.vertex.layer - 1, xOf(target.pin));
  } else {
    // Down into the space below, sideways, and up past its own layer and those between.
    across(from.layer, target.via[0].x);
    for (let index = 1; index < target.via.length; index++) across(target.via[index].layer, target.via[index].x);
    across(target.pin.vertex.layer - 1, xOf(target.pin));
  }
  points.push(...corners(target.pin, target.pin.vertex.y));
  return simplified(points);
}

/** Without corners that lie on the way. @param {Point[]} points @returns {Point[]} */
function simplified(points) {
  /** @type {Point[]} */
  const kept = [];
  for (const point of points) {
    const last = kept[kept.length - 1];
    if (last && last[0] === point[0] && last[1] === point[1]) continue;
    const before = kept[kept.length - 2];
    if (before && ((before[0] === last[0] && last[0] === point[0]) || (before[1] === last[1] && last[1] === point[1]))) {
      kept[kept.length - 1] = point;
    } else kept.push(point);
  }
  return kept;
}

/** Where a net's line branches. @param {Track[][]} tracks @param {(net: number, channel: number) => number} rowY @returns {Map<number, Point[]>} By net. */
export function jointsOf(tracks, rowY) {
  /** @type {Map<number, Point[]>} */
  const joints = new Map();
  tracks.forEach((channel, index) => {
    for (const { net, tops, bottoms, least, most, row } of channel) {
      if (row < 0 || tops.length + bottoms.length < 3) continue;
      for (const x of new Set([...tops, ...bottoms])) {
        const ways = Number(x > least) + Number(x < most) + Number(tops.includes(x)) + Number(bottoms.includes(x));
        if (ways > 2) joints.set(net, [...(joints.get(net) ?? []), [x, rowY(net, index)]]);
      }
    }
  });
  return joints;
}
