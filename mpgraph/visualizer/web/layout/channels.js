/**
 * Channels, the space between two layers: the height at which each line runs sideways, and the channel's height.
 *
 * The upper of two lines is crossed by the upper ends of the other, and crosses its lower ends. Lines are put in
 * the order with fewer crossings, then each as high as that order permits.
 */

/** @typedef {import("./level_graph.js").Pin} Pin */
/**
 * @typedef {object} Track A line's part in one channel.
 * @property {number} net
 * @property {number[]} tops Where it comes from above.
 * @property {number[]} bottoms
 * @property {number} least
 * @property {number} most
 * @property {number} row 0 for the highest one; -1 if it does not run sideways.
 * @property {Map<number, number>} aside Where lines from above step aside first, by where they come from.
 */

const TRACK = 8;
const STRAIGHT = 17;
const PAD = 10;
// Two vertical segments at one x would overlap.
const SAME = 3;
const STEPS = [4, -4, 5, -5, 6, -6, 7, -7, 8, -8, 3, -3];
/** How far below the top of the channel lines step aside. */
export const STEP_OFFSET = 6;

/** @param {number} net @param {number[]} tops @param {number[]} bottoms @returns {Track} */
export function track(net, tops, bottoms) {
  const all = [...tops, ...bottoms];
  const least = Math.min(...all);
  const most = Math.max(...all);
  return { net, tops, bottoms, least, most, row: most - least < 0.5 ? -1 : 0, aside: new Map() };
}

/** Give each track its row. @param {Track[]} tracks @returns {number} How many rows there are. */
export function assignRows(tracks) {
  const level = tracks.filter((each) => each.row >= 0);
  level.sort((a, b) => a.least - b.least || a.most - b.most || a.net - b.net);
  const count = level.length;
  /** @type {{to: number, weight: number}[][]} */
  const below = Array.from({ length: count }, () => []);
  const entering = new Array(count).fill(0);
  const leaving = new Array(count).fill(0);
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      const a = level[i];
      const b = level[j];
      if (b.least > a.most + SAME) break;
      const aFirst = cost(a, b);
      const bFirst = cost(b, a);
      if (aFirst === bFirst) continue;
      const [upper, lower] = aFirst < bFirst ? [i, j] : [j, i];
      const weight = Math.abs(aFirst - bFirst);
      below[upper].push({ to: lower, weight });
      leaving[upper] += weight;
      entering[lower] += weight;
    }
  }
  const order = withoutCycles(below, entering, leaving);
  const rank = new Array(count).fill(0);
  order.forEach((index, position) => (rank[index] = position));
  let rows = 0;
  for (let position = 0; position < count; position++) {
    const each = level[order[position]];
    each.row = 0;
    for (let earlier = 0; earlier < position; earlier++) {
      const other = level[order[earlier]];
      if (other.least <= each.most + SAME && each.least <= other.most + SAME)
        each.row = Math.max(each.row, other.row + 1);
    }
    rows = Math.max(rows, each.row + 1);
  }
  stepAside(tracks, level);
  return rows;
}

/**
 * Two lines may have to exchange their positions, so that each must be above the other: then an end of one of
 * them steps aside, since they would overlap otherwise.
 * @param {Track[]} tracks @param {Track[]} level The tracks that run sideways.
 */
function stepAside(tracks, level) {
  for (const a of level) {
    for (const b of level) {
      if (a === b || a.row >= b.row || b.least > a.most + SAME || a.least > b.most + SAME) continue;
      for (const x of b.tops) {
        if (!a.bottoms.some((other) => Math.abs(other - x) < SAME)) continue;
        const taken = tracks.flatMap((each) =>
          each === b ? [] : [...each.tops, ...each.bottoms, ...each.aside.values()],
        );
        const free = STEPS.map((step) => x + step).find((to) =>
          taken.every((other) => Math.abs(other - to) >= SAME),
        );
        b.aside.set(x, free ?? x);
      }
    }
  }
}

/**
 * The cost of `a` above `b`: the number of crossings, and a much larger cost where they would overlap.
 * @param {Track} a
 * @param {Track} b
 */
function cost(a, b) {
  let sum = 0;
  for (const x of b.tops) if (x > a.least && x < a.most) sum++;
  for (const x of a.bottoms) if (x > b.least && x < b.most) sum++;
  for (const x of a.bottoms) for (const y of b.tops) if (Math.abs(x - y) < SAME) sum += 50;
  return sum;
}

/**
 * An order that violates few of the arrows, by a greedy heuristic (Eades, Lin and Smyth 1993).
 * @param {{to: number, weight: number}[][]} below @param {number[]} entering @param {number[]} leaving
 */
function withoutCycles(below, entering, leaving) {
  const count = below.length;
  /** @type {{from: number, weight: number}[][]} */
  const above = Array.from({ length: count }, () => []);
  below.forEach((arrows, from) => arrows.forEach(({ to, weight }) => above[to].push({ from, weight })));
  const placed = new Uint8Array(count);
  /** @type {number[]} */
  const first = [];
  /** @type {number[]} */
  const last = [];
  for (let step = 0; step < count; step++) {
    let best = -1;
    let sink = false;
    let gain = -Infinity;
    for (let index = 0; index < count; index++) {
      if (placed[index]) continue;
      if (entering[index] === 0) {
        best = index;
        sink = false;
        break;
      }
      if (leaving[index] === 0) {
        if (gain < 1e9) {
          best = index;
          sink = true;
          gain = 1e9;
        }
      } else if (leaving[index] - entering[index] > gain) {
        gain = leaving[index] - entering[index];
        best = index;
        sink = false;
      }
    }
    placed[best] = 1;
    if (sink) last.push(best);
    else first.push(best);
    for (const { to, weight } of below[best]) entering[to] -= weight;
    for (const { from, weight } of above[best]) leaving[from] -= weight;
  }
  return [...first, ...last.reverse()];
}

/**
 * The height of a channel with a number of rows.
 * @param {number} rows
 * @param {boolean} lines Whether any line passes.
 */
export function channelHeight(rows, lines) {
  if (!lines) return 6;
  return rows ? 2 * PAD + (rows - 1) * TRACK + 4 : STRAIGHT;
}

/** How far below the top of the channel a row is. @param {number} row */
export function rowOffset(row) {
  return PAD + 2 + row * TRACK;
}
