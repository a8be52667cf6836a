/**
 * Blocks: boxes that are connected by straight lines move together.
 *
 * Each box of a column can be optimal as long as the others do not move, although the whole column would be
 * better elsewhere. So whole columns are moved to their weighted medians, as far as there is room.
 */

import { distance, median, wishOf } from "./positions.js";

/** @typedef {import("./level_graph.js").Vertex} Vertex */
/** @typedef {import("./positions.js").Wish} Wish */

const ROUNDS = 8;
const NEAR = 0.5;

/**
 * @param {Vertex[][]} layers With their positions; `x` may change.
 * @param {import("./positions.js").Bounds} bounds
 */
export function moveBlocks(layers, bounds) {
  layers.forEach((layer) => layer.forEach((vertex, place) => (vertex.place = place)));
  const size = layers.reduce((sum, layer) => sum + layer.length, 0);
  if (size > 4000) return;
  for (let round = 0; round < ROUNDS; round++) {
    const blocks = blocksOf(layers);
    blocks.sort((a, b) => (round % 2 ? right(b) - right(a) : a[0].x - b[0].x));
    let moved = false;
    for (const block of blocks) moved = shift(block, layers, bounds) || moved;
    if (!moved) return;
  }
}

/** @param {Vertex[]} block */
function right(block) {
  return block.reduce((most, vertex) => Math.max(most, vertex.x + vertex.width), -Infinity);
}

/** Sets of vertices joined by straight lines. @param {Vertex[][]} layers @returns {Vertex[][]} */
function blocksOf(layers) {
  /** @type {Set<Vertex>} */
  const seen = new Set();
  const blocks = [];
  for (const layer of layers) {
    for (const start of layer) {
      if (seen.has(start)) continue;
      seen.add(start);
      const block = [start];
      for (let index = 0; index < block.length; index++) {
        const vertex = block[index];
        for (const pin of [...vertex.top, ...vertex.bottom]) {
          for (const other of pin.links) {
            const straight = Math.abs(vertex.x + pin.dx - other.vertex.x - other.dx) < NEAR;
            if (!straight || seen.has(other.vertex)) continue;
            seen.add(other.vertex);
            block.push(other.vertex);
          }
        }
      }
      blocks.push(block);
    }
  }
  return blocks;
}

/**
 * Move a block to the weighted median of its lines to other blocks.
 * @param {Vertex[]} block
 * @param {Vertex[][]} layers
 * @param {import("./positions.js").Bounds} bounds
 * @returns {boolean} Whether it moved.
 */
function shift(block, layers, bounds) {
  const inside = new Set(block);
  /** @type {Wish[]} */
  const wishes = [];
  let least = -Infinity;
  let most = Infinity;
  for (const vertex of block) {
    for (const pin of [...vertex.top, ...vertex.bottom]) {
      for (const other of pin.links) {
        if (inside.has(other.vertex)) continue;
        const wish = wishOf(pin, other);
        wishes.push({ at: wish.at - vertex.x, weight: wish.weight });
      }
    }
    least = Math.max(least, bounds.least + vertex.left - vertex.x);
    most = Math.min(most, bounds.most - vertex.x - vertex.width - vertex.right);
    const layer = layers[vertex.layer];
    const before = layer[vertex.place - 1];
    const after = layer[vertex.place + 1];
    if (before && !inside.has(before))
      least = Math.max(least, before.x + distance(before, vertex) - vertex.x);
    if (after && !inside.has(after)) most = Math.min(most, after.x - distance(vertex, after) - vertex.x);
  }
  if (!wishes.length) return false;
  const by = Math.max(Math.min(median(wishes, 0), most), least);
  if (Math.abs(by) < NEAR) return false;
  for (const vertex of block) vertex.x += by;
  return true;
}
