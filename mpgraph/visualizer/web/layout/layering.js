/**
 * Layering: each vertex is above all vertices that it leads to, with lines as short as possible.
 *
 * Network simplex after Gansner, Koutsofios, North and Vo, "A technique for drawing directed graphs"
 * (1993), section 2.3, with cut values recomputed in each step: graphs are small.
 */

/** @typedef {{from: number, to: number, weight: number, length: number}} Arrow */

const MAX_STEPS = 400;
const MAX_SIZE = 1500;

/**
 * Break cycles: find the arrows that close one, depth first, in the given order.
 * @param {number} count @param {Arrow[]} arrows @returns {Set<Arrow>} The arrows to leave out.
 */
export function cycleClosers(count, arrows) {
  /** @type {Arrow[][]} */
  const leaving = Array.from({ length: count }, () => []);
  for (const arrow of arrows) leaving[arrow.from].push(arrow);
  const state = new Uint8Array(count);
  /** @type {Set<Arrow>} */
  const closing = new Set();
  for (let start = 0; start < count; start++) {
    if (state[start]) continue;
    const stack = [{ at: start, next: 0 }];
    state[start] = 1;
    while (stack.length) {
      const top = stack[stack.length - 1];
      const arrow = leaving[top.at][top.next++];
      if (!arrow) {
        state[top.at] = 2;
        stack.pop();
      } else if (state[arrow.to] === 1) {
        closing.add(arrow);
      } else if (!state[arrow.to]) {
        state[arrow.to] = 1;
        stack.push({ at: arrow.to, next: 0 });
      }
    }
  }
  return closing;
}

/**
 * A rank for each vertex with `rank[to] - rank[from] >= length` for every arrow; the arrows have no cycle.
 * @param {number} count @param {Arrow[]} arrows @returns {number[]} The least rank is 0.
 */
export function ranks(count, arrows) {
  const rank = longestPaths(count, arrows);
  if (count > 1 && count + arrows.length <= MAX_SIZE) shorten(count, connected(count, arrows), rank);
  const least = Math.min(...rank, Infinity);
  return rank.map((value) => value - least);
}

/** @param {number} count @param {Arrow[]} arrows */
function longestPaths(count, arrows) {
  const rank = new Array(count).fill(0);
  const waiting = new Array(count).fill(0);
  /** @type {Arrow[][]} */
  const leaving = Array.from({ length: count }, () => []);
  for (const arrow of arrows) {
    waiting[arrow.to]++;
    leaving[arrow.from].push(arrow);
  }
  const ready = [...waiting.keys()].filter((index) => !waiting[index]);
  for (let position = 0; position < ready.length; position++) {
    for (const arrow of leaving[ready[position]]) {
      rank[arrow.to] = Math.max(rank[arrow.to], rank[arrow.from] + arrow.length);
      if (!--waiting[arrow.to]) ready.push(arrow.to);
    }
  }
  return rank;
}

/**
 * Arrows that connect separate components, so that there is a single tree.
 * @param {number} count
 * @param {Arrow[]} arrows
 */
function connected(count, arrows) {
  const parent = [...Array(count).keys()];
  /** @param {number} index */
  const root = (index) => {
    while (parent[index] !== index) index = parent[index] = parent[parent[index]];
    return index;
  };
  for (const { from, to } of arrows) parent[root(from)] = root(to);
  const all = [...arrows];
  for (let index = 1; index < count; index++) {
    if (root(index) !== root(0)) {
      parent[root(index)] = root(0);
      all.push({ from: 0, to: index, weight: 0, length: -1e6 });
    }
  }
  return all;
}

/** @param {number} count @param {Arrow[]} arrows @param {number[]} rank Changed. */
function shorten(count, arrows, rank) {
  const slack = (/** @type {Arrow} */ arrow) => rank[arrow.to] - rank[arrow.from] - arrow.length;
  const loose = (/** @type {Arrow} */ arrow) => arrow.length <= -1e6;
  /** @type {Set<Arrow>} */
  const tree = new Set();
  // A tree of tight arrows, grown by moving all of it towards the nearest vertex outside.
  const inside = new Uint8Array(count);
  inside[0] = 1;
  for (let size = 1; size < count;) {
    let grown = false;
    let nearest = null;
    for (const arrow of arrows) {
      if (inside[arrow.from] === inside[arrow.to]) continue;
      if (loose(arrow) || slack(arrow) === 0) {
        tree.add(arrow);
        inside[arrow.from] = inside[arrow.to] = 1;
        size++;
        grown = true;
      } else if (!nearest || slack(arrow) < slack(nearest)) nearest = arrow;
    }
    if (grown) continue;
    if (!nearest) return;
    const move = inside[nearest.from] ? slack(nearest) : -slack(nearest);
    for (let index = 0; index < count; index++) if (inside[index]) rank[index] += move;
  }
  for (let step = 0; step < MAX_STEPS; step++) {
    const cut = worstCut(count, arrows, tree);
    if (!cut) return;
    let entering = null;
    for (const arrow of arrows) {
      if (tree.has(arrow) || loose(arrow) || cut.tail[arrow.from] || !cut.tail[arrow.to]) continue;
      if (!entering || slack(arrow) < slack(entering)) entering = arrow;
    }
    if (!entering) return;
    const move = slack(entering);
    for (let index = 0; index < count; index++) if (cut.tail[index]) rank[index] -= move;
    tree.delete(cut.arrow);
    tree.add(entering);
  }
}

/**
 * The tree's arrow with the most negative cut value: the weight of arrows from its tail's side to its head's
 * side, less that of those the other way. `tail` marks the side of its tail.
 * @param {number} count @param {Arrow[]} arrows @param {Set<Arrow>} tree
 */
function worstCut(count, arrows, tree) {
  /** @type {{arrow: Arrow, other: number}[][]} */
  const beside = Array.from({ length: count }, () => []);
  for (const arrow of tree) {
    beside[arrow.from].push({ arrow, other: arrow.to });
    beside[arrow.to].push({ arrow, other: arrow.from });
  }
  // Each vertex's subtree sums what its arrows carry out of it: inner ones cancel.
  const order = [0];
  /** @type {(Arrow | null)[]} */
  const up = new Array(count).fill(null);
  const parent = new Array(count).fill(-1);
  for (let position = 0; position < order.length; position++) {
    const at = order[position];
    for (const { arrow, other } of beside[at]) {
      if (arrow === up[at]) continue;
      up[other] = arrow;
      parent[other] = at;
      order.push(other);
    }
  }
  const flow = new Array(count).fill(0);
  for (const { from, to, weight } of arrows) {
    flow[from] += weight;
    flow[to] -= weight;
  }
  let worst = null;
  let least = 0;
  for (let position = order.length - 1; position > 0; position--) {
    const at = order[position];
    const arrow = /** @type {Arrow} */ (up[at]);
    const value = arrow.from === at ? flow[at] : -flow[at];
    if (value < least && arrow.length > -1e6) {
      least = value;
      worst = at;
    }
    flow[parent[at]] += flow[at];
  }
  if (worst === null) return null;
  const arrow = /** @type {Arrow} */ (up[worst]);
  const below = new Uint8Array(count);
  below[worst] = 1;
  for (const at of order) if (parent[at] >= 0 && below[parent[at]]) below[at] = 1;
  const tail = arrow.from === worst ? below : below.map((value) => 1 - value);
  return { arrow, tail };
}
