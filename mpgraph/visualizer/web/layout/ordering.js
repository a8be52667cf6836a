/**
 * The order of the vertices within their layers, and of the pins at each box, with few crossings.
 *
 * Sweeps down and up place vertices at the mean position of their neighbours; then neighbours are exchanged as
 * long as that helps. The best of all orders is kept (Sugiyama, Tagawa and Toda 1981).
 */

/** @typedef {import("./level_graph.js").Vertex} Vertex */
/** @typedef {import("./level_graph.js").Pin} Pin */
/** @typedef {"top" | "bottom"} Facing */

const SWEEPS = 10;
/** The number of restarts, by the number of vertices. */
const STARTS = [
  { below: 150, count: 12 },
  { below: 400, count: 6 },
  { below: 1500, count: 3 },
];

/** @param {Vertex[][]} layers Changed: each is put in order. */
export function order(layers) {
  const size = layers.reduce((sum, layer) => sum + layer.length, 0);
  for (const layer of layers) settle(layer);
  const given = snapshot(layers);
  let best = given;
  let fewest = crossings(layers);
  const random = randomNumbers();
  const starts = STARTS.find(({ below }) => size < below)?.count ?? 1;
  for (let start = 0; start < starts && fewest > 0; start++) {
    if (start > 0) {
      restore(layers, given);
      // Text order, then its reverse, then random orders: each leads to a different result.
      for (const layer of layers) start === 1 ? layer.reverse() : shuffle(layer, random);
      for (const layer of layers) settle(layer);
    }
    for (
      let sweep = 0, idle = 0;
      sweep < (size > 3000 ? 2 : SWEEPS) && idle < 4 && fewest > 0;
      sweep++, idle++
    ) {
      const down = sweep % 2 === 0;
      for (let step = 1; step < layers.length; step++) {
        const layer = layers[down ? step : layers.length - 1 - step];
        byMeans(layer, down ? "top" : "bottom", sweep % 4 > 1);
        settle(layer);
      }
      arrangePins(layers);
      if (size < 1500) exchange(layers);
      arrangePins(layers);
      const count = crossings(layers);
      if (count < fewest) {
        fewest = count;
        best = snapshot(layers);
        idle = 0;
      }
    }
  }
  restore(layers, best);
  for (const layer of layers) {
    for (const vertex of layer) {
      if (vertex.arrange) {
        vertex.arrange(vertex.top, "top");
        vertex.arrange(vertex.bottom, "bottom");
      }
    }
  }
}

/** Pseudo-random numbers in 0..1, with a fixed seed. */
function randomNumbers() {
  let state = 1;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/** @param {Vertex[]} layer @param {() => number} random */
function shuffle(layer, random) {
  for (let index = layer.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    [layer[index], layer[other]] = [layer[other], layer[index]];
  }
}

/** Number the vertices and pins of a layer, the pinned ones at its ends. @param {Vertex[]} layer */
function settle(layer) {
  if (layer.some((vertex) => vertex.pinned)) layer.sort((a, b) => a.pinned - b.pinned);
  let top = 0;
  let bottom = 0;
  layer.forEach((vertex, place) => {
    vertex.place = place;
    for (const pin of vertex.top) pin.rank = top++;
    for (const pin of vertex.bottom) pin.rank = bottom++;
  });
}

/** The mean position of the neighbours on one side of a vertex, -1 without any. @param {Pin[]} pins */
function mean(pins) {
  let sum = 0;
  let count = 0;
  for (const pin of pins) {
    for (const other of pin.links) {
      sum += other.rank;
      count++;
    }
  }
  return count ? sum / count : -1;
}

/**
 * Sort by means; vertices without a mean keep their positions.
 * @param {Vertex[]} layer
 * @param {Facing} facing
 * @param {boolean} swapTies
 */
function byMeans(layer, facing, swapTies) {
  const entries = layer.map((vertex, place) => ({ vertex, place, value: mean(vertex[facing]) }));
  const movable = entries.filter(({ value }) => value >= 0);
  const tie = swapTies ? -1 : 1;
  movable.sort((a, b) => a.value - b.value || tie * (a.place - b.place));
  let next = 0;
  entries.forEach(({ value }, place) => {
    if (value >= 0) layer[place] = movable[next++].vertex;
    else layer[place] = entries[place].vertex;
  });
}

/** Put the pins that may move into the order of what they lead to. @param {Vertex[][]} layers */
function arrangePins(layers) {
  for (const facing of /** @type {const} */ (["top", "bottom"])) {
    for (const layer of layers) {
      for (const vertex of layer) {
        const pins = vertex[facing];
        if (!vertex.arrange || pins.length < 2) continue;
        const lanes =
          facing === "top" ? pins.slice(0, vertex.fixedTop) : pins.slice(pins.length - vertex.fixedBottom);
        const free =
          facing === "top" ? pins.slice(vertex.fixedTop) : pins.slice(0, pins.length - vertex.fixedBottom);
        vertex[facing] =
          facing === "top" ? [...byMean(lanes), ...byMean(free)] : [...byMean(free), ...byMean(lanes)];
      }
      settle(layer);
    }
  }
}

/**
 * Pins in the order of the pins that they lead to; unconnected pins keep their positions.
 * @param {Pin[]} pins
 */
function byMean(pins) {
  const entries = pins.map((pin, place) => ({ pin, place, value: mean([pin]) }));
  const known = entries.filter(({ value }) => value >= 0);
  known.sort((a, b) => a.value - b.value || a.place - b.place);
  let next = 0;
  return entries.map(({ pin, value }) => (value >= 0 ? known[next++].pin : pin));
}

/** How often the lines between all layers cross. @param {Vertex[][]} layers */
export function crossings(layers) {
  let count = 0;
  for (let index = 0; index + 1 < layers.length; index++) count += between(layers[index]);
  return count;
}

/** Crossings of the lines below a layer: inversions, counted in a tree of sums. @param {Vertex[]} layer */
function between(layer) {
  /** @type {number[]} */
  const ends = [];
  let most = 0;
  for (const vertex of layer) {
    for (const pin of vertex.bottom) {
      const ranks = pin.links.map((other) => other.rank).sort((a, b) => a - b);
      for (const rank of ranks) {
        ends.push(rank);
        if (rank > most) most = rank;
      }
    }
  }
  const tree = new Int32Array(most + 2);
  let count = 0;
  let seen = 0;
  for (const rank of ends) {
    let smaller = 0;
    for (let index = rank + 1; index > 0; index -= index & -index) smaller += tree[index];
    count += seen - smaller;
    for (let index = rank + 1; index < tree.length; index += index & -index) tree[index]++;
    seen++;
  }
  return count;
}

/** Exchange neighbours while the lines of the two cross less for it. @param {Vertex[][]} layers */
function exchange(layers) {
  for (let round = 0; round < 6; round++) {
    let better = false;
    for (const layer of layers) {
      for (let place = 0; place + 1 < layer.length; place++) {
        const left = layer[place];
        const right = layer[place + 1];
        if (left.pinned !== right.pinned) continue;
        const now = pairs(left.top, right.top) + pairs(left.bottom, right.bottom);
        if (!now) continue;
        const then = pairs(right.top, left.top) + pairs(right.bottom, left.bottom);
        if (then < now) {
          layer[place] = right;
          layer[place + 1] = left;
          better = true;
        }
      }
      settle(layer);
    }
    if (!better) return;
  }
}

/**
 * Crossings of lines from the pins of a left vertex with those of a right one.
 * @param {Pin[]} left
 * @param {Pin[]} right
 */
function pairs(left, right) {
  let count = 0;
  for (const a of left) {
    for (const b of right) {
      for (const one of a.links) for (const other of b.links) if (one.rank > other.rank) count++;
    }
  }
  return count;
}

/** @param {Vertex[][]} layers */
function snapshot(layers) {
  return layers.map((layer) => layer.map((vertex) => ({ vertex, top: vertex.top, bottom: vertex.bottom })));
}

/** @param {Vertex[][]} layers @param {ReturnType<typeof snapshot>} saved */
function restore(layers, saved) {
  saved.forEach((entries, index) => {
    layers[index] = entries.map(({ vertex, top, bottom }) => {
      vertex.top = top;
      vertex.bottom = bottom;
      return vertex;
    });
    settle(layers[index]);
  });
}
