/**
 * The position of each vertex within its layer, so that as many lines as possible are straight.
 *
 * Each layer in turn gets the positions with the least sum of weighted distances to the neighbours of its
 * vertices, keeping the order and the gaps: pool adjacent violators, each pool at its weighted median.
 */

/** @typedef {import("./level_graph.js").Vertex} Vertex */
/** @typedef {import("./level_graph.js").Pin} Pin */
/** @typedef {{at: number, weight: number}} Wish */
/** @typedef {{least: number, most: number}} Bounds */
/** @typedef {{wishes: Wish[], value: number, first: number, last: number}} Pool */

const BOX_GAP = 24;
const LINE_GAP = 10;
const LANE_GAP = 4;
const ROUNDS = 9;
/** @type {Bounds} */
export const NO_BOUNDS = { least: -Infinity, most: Infinity };
/** How much wider than its widest layer a drawing may be. */
const SPARE = 1.05;
/** By how many pixels more it may be without being narrowed, which bends lines. */
const TOLERATED = 160;

/**
 * Set the `x` of all vertices.
 * @param {Vertex[][]} layers
 * @returns {Bounds} Between which the vertices may still be moved.
 */
export function place(layers) {
  for (const layer of layers) {
    let x = 0;
    layer.forEach((vertex, index) => {
      if (index) x += distance(layer[index - 1], vertex);
      vertex.x = x;
    });
  }
  settle(layers, NO_BOUNDS);
  const bounds = boundsOf(layers);
  const narrow = narrower(layers, bounds);
  if (!narrow) return NO_BOUNDS;
  settle(layers, narrow);
  return narrow;
}

/** @param {Vertex[][]} layers @param {Bounds} bounds */
function settle(layers, bounds) {
  for (let round = 0; round < ROUNDS; round++) {
    const last = round === ROUNDS - 1;
    for (let index = 1; index < layers.length; index++)
      fit(layers[index], true, last || round > 3, bounds);
    for (let index = layers.length - 2; index >= 0; index--)
      fit(layers[index], last || round > 3, true, bounds);
  }
  // Once more with the neighbours on both sides, so that neither direction dominates.
  for (let index = 0; index < layers.length; index++) fit(layers[index], true, true, bounds);
  for (let index = layers.length - 1; index >= 0; index--) fit(layers[index], true, true, bounds);
}

/**
 * Straight lines alone make some drawings several times as wide as their widest layer: such a drawing gets
 * bounds a little wider than that layer.
 * @param {Vertex[][]} layers @param {Bounds} bounds
 * @returns {Bounds | null} null if it is narrow already.
 */
function narrower(layers, { least, most }) {
  const widest = layers.reduce((best, layer) => (packed(layer) > packed(best) ? layer : best), []);
  const needed = packed(widest);
  const width = needed * SPARE;
  if (most - least <= width + TOLERATED) return null;
  // Where the widest layer is.
  const own = boundsOf([widest]);
  const middle = (own.least + own.most) / 2;
  const left = Math.max(least, Math.min(middle - width / 2, most - width));
  return { least: left, most: left + width };
}

/** How wide a layer without gaps would be. @param {Vertex[]} layer */
function packed(layer) {
  if (!layer.length) return 0;
  const last = layer[layer.length - 1];
  let width = layer[0].left + last.width + last.right;
  for (let index = 1; index < layer.length; index++) width += distance(layer[index - 1], layer[index]);
  return width;
}

/** @param {Vertex[][]} layers @returns {Bounds} */
export function boundsOf(layers) {
  let least = Infinity;
  let most = -Infinity;
  for (const layer of layers) {
    for (const vertex of layer) {
      least = Math.min(least, vertex.x - vertex.left);
      most = Math.max(most, vertex.x + vertex.width + vertex.right);
    }
  }
  return least <= most ? { least, most } : { least: 0, most: 60 };
}

/** From the left side of one box to that of the next. @param {Vertex} left @param {Vertex} right */
export function distance(left, right) {
  const both = left.kind === "box" && right.kind === "box";
  // Side packets of one border are spaced like the lanes beside a box, so that they run straight.
  const stacked =
    both && left.pinned !== 0 && left.pinned === right.pinned && (left.width === 1 || right.width === 1);
  return left.width + left.right + (stacked ? LANE_GAP : both ? BOX_GAP : LINE_GAP) + right.left;
}

/** @param {Pin} one @param {Pin} other */
function weightOf(one, other) {
  const lines = Number(one.vertex.kind !== "box") + Number(other.vertex.kind !== "box");
  return lines === 2 ? 8 : lines === 1 ? 2 : 1;
}

/** @param {Vertex} vertex */
function isNode(vertex) {
  return vertex.kind === "box" && !vertex.pinned;
}

/**
 * Lines should be straight. Boxes connected by a side packet, which leaves on the right and enters on the
 * left, should be below each other instead: a staircase would take too much space.
 * @param {Pin} pin @param {Pin} other @returns {Wish}
 */
export function wishOf(pin, other) {
  const own = pin.vertex;
  const their = other.vertex;
  if (pin.tail.length && other.tail.length && isNode(own) && isNode(their)) {
    return { at: their.x + (their.width - own.width) / 2, weight: 0.5 };
  }
  return { at: their.x + other.dx - pin.dx, weight: weightOf(pin, other) };
}

/** @param {Vertex} vertex @param {boolean} above @param {boolean} below @returns {Wish[]} */
function wishesOf(vertex, above, below) {
  const wishes = [];
  for (const [pins, wanted] of /** @type {const} */ ([
    [vertex.top, above],
    [vertex.bottom, below],
  ])) {
    if (!wanted) continue;
    for (const pin of pins) {
      for (const other of pin.links) {
        wishes.push(wishOf(pin, other));
      }
    }
  }
  if (vertex.pinned && wishes.length > 1) {
    // A line that enters from the side turns towards its nearest end first.
    wishes.sort((a, b) => vertex.pinned * (b.at - a.at));
    return [wishes[0]];
  }
  return wishes;
}

/**
 * @param {Vertex[]} layer @param {boolean} above Whether to follow what is above. @param {boolean} below
 * @param {Bounds} bounds
 */
function fit(layer, above, below, bounds) {
  /** @type {Pool[]} */
  const pools = [];
  let offset = 0;
  /** @type {number[]} */
  const offsets = [];
  layer.forEach((vertex, index) => {
    if (index) offset += distance(layer[index - 1], vertex);
    offsets.push(offset);
    let wishes = wishesOf(vertex, above, below);
    if (!wishes.length) wishes = [{ at: vertex.x, weight: 0.01 }];
    for (const wish of wishes) wish.at -= offset;
    let pool = { wishes, value: median(wishes, vertex.x - offset), first: index, last: index };
    while (pools.length && pools[pools.length - 1].value > pool.value) {
      const before = /** @type {Pool} */ (pools.pop());
      const all = before.wishes.concat(pool.wishes);
      pool = { wishes: all, value: median(all, before.value), first: before.first, last: index };
    }
    pools.push(pool);
  });
  if (!layer.length) return;
  // Clamping the pools keeps the sum least, since their values increase.
  const end = layer[layer.length - 1];
  const least = bounds.least + layer[0].left;
  const most = Math.max(least, bounds.most - offset - end.width - end.right);
  for (const pool of pools) {
    const value = Math.min(Math.max(pool.value, least), most);
    for (let index = pool.first; index <= pool.last; index++) layer[index].x = value + offsets[index];
  }
}

/** The weighted median; of several, the one nearest to `near`. @param {Wish[]} wishes @param {number} near */
export function median(wishes, near) {
  if (wishes.length === 1) return wishes[0].at;
  wishes.sort((a, b) => a.at - b.at);
  let total = 0;
  for (const { weight } of wishes) total += weight;
  let sum = 0;
  for (let index = 0; index < wishes.length; index++) {
    sum += wishes[index].weight;
    if (sum > total / 2 + 1e-9) return wishes[index].at;
    if (sum > total / 2 - 1e-9) {
      const right = wishes[Math.min(index + 1, wishes.length - 1)].at;
      return Math.abs(near - wishes[index].at) <= Math.abs(near - right) ? wishes[index].at : right;
    }
  }
  return wishes[wishes.length - 1].at;
}
