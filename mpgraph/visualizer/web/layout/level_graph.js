/**
 * One graph prepared for a layered layout: vertices with pins, and nets that connect pins.
 *
 * A net is one stream with all its consumers, drawn as one line that branches. A pin faces up or down
 * from its vertex. Side packets are pins too: at the far left a line comes down beside the box before it
 * enters its side, at the far right a line leaves the side and continues down.
 */

/** @typedef {import("./types.js").Edge} Edge */
/** @typedef {import("./types.js").Point} Point */

/**
 * @typedef {object} Pin
 * @property {Vertex} vertex
 * @property {number} dx Where its line meets the edge of the layer, from the left side of the box.
 * @property {Point[]} tail Where the line goes on to the port: corners relative to the box.
 * @property {number} rank Its position among the pins of its layer that face the same way.
 * @property {Pin[]} links The pins of the neighbouring layer that it is connected to.
 * @property {number} net
 */
/**
 * @typedef {object} Vertex
 * @property {"box" | "dummy" | "turn"} kind A turn is where a back edge changes direction; it takes no space.
 * @property {number} width
 * @property {number} height
 * @property {number} left The space for lines on its left.
 * @property {number} right
 * @property {number} layer
 * @property {number} pinned -1: leftmost in its layer, 1: rightmost.
 * @property {number} x
 * @property {number} y
 * @property {number} place Its position in its layer.
 * @property {Pin[]} top Left to right.
 * @property {Pin[]} bottom
 * @property {((pins: Pin[], side: "top" | "bottom") => void) | null} arrange Moves the pins of a side to
 *   their current order; null if their order is fixed.
 * @property {number} fixedTop The number of pins at the start of `top` that keep their position.
 * @property {number} fixedBottom The number of pins at the end of `bottom` that keep theirs.
 */
/** @typedef {{edge: Edge, pin: Pin}} Target */
/**
 * @typedef {object} Net
 * @property {number} id
 * @property {Pin} source
 * @property {Target[]} targets
 */

/** @param {Partial<Vertex>} given @returns {Vertex} */
export function vertex(given) {
  return {
    kind: "box",
    width: 0,
    height: 0,
    left: 0,
    right: 0,
    layer: 0,
    pinned: 0,
    x: 0,
    y: 0,
    place: 0,
    top: [],
    bottom: [],
    arrange: null,
    fixedTop: 0,
    fixedBottom: 0,
    ...given,
  };
}

/** @param {Vertex} owner @param {number} dx @param {Point[]} tail @returns {Pin} */
export function pin(owner, dx, tail) {
  return { vertex: owner, dx, tail, rank: 0, links: [], net: -1 };
}

/** @param {Pin} upper @param {Pin} lower */
function link(upper, lower) {
  upper.links.push(lower);
  lower.links.push(upper);
}

/**
 * Connect the pins of every net layer by layer, through dummies where a line passes a layer.
 * Layers are numbered from 1; a turn may be above the first or below the last layer.
 * @param {Vertex[]} boxes @param {Net[]} nets
 * @returns {{layers: Vertex[][], paths: Map<Target, Vertex[]>}} The dummies that each line passes, in order.
 */
export function joined(boxes, nets) {
  const count = boxes.reduce((most, box) => Math.max(most, box.layer), 0);
  /** @type {Vertex[][]} */
  const layers = Array.from({ length: count + 2 }, () => []);
  for (const box of boxes) layers[box.layer].push(box);

  /** @param {"dummy" | "turn"} kind @param {number} layer @param {Net} net @param {number} pinned */
  function added(kind, layer, net, pinned) {
    const created = vertex({ kind, layer, pinned });
    for (const side of /** @type {const} */ (["top", "bottom"])) {
      const own = pin(created, 0, []);
      own.net = net.id;
      created[side].push(own);
    }
    layers[layer].push(created);
    return created;
  }

  /** @type {Map<Target, Vertex[]>} */
  const paths = new Map();
  for (const net of nets) {
    net.source.net = net.id;
    const from = net.source.vertex.layer;
    const down = net.targets.filter(({ pin: end }) => end.vertex.layer > from);
    const up = net.targets.filter(({ pin: end }) => end.vertex.layer <= from);
    for (const { pin: end } of net.targets) end.net = net.id;
    let above = net.source;
    /** @type {Vertex[]} */
    const passed = [];
    const lowest = down.reduce((most, { pin: end }) => Math.max(most, end.vertex.layer), from);
    for (let layer = from + 1; layer <= lowest; layer++) {
      for (const target of down) {
        if (target.pin.vertex.layer !== layer) continue;
        link(above, target.pin);
        paths.set(target, [...passed]);
      }
      if (layer < lowest) {
        const dummy = added("dummy", layer, net, 0);
        link(above, dummy.top[0]);
        above = dummy.bottom[0];
        passed.push(dummy);
      }
    }
    if (!up.length) continue;
    const highest = up.reduce((least, { pin: end }) => Math.min(least, end.vertex.layer), from);
    const round = added("turn", from + 1, net, 0);
    link(net.source, round.top[0]);
    let below = round.top[0];
    /** @type {Vertex[]} */
    const climbed = [];
    /** @type {Map<number, Pin>} */
    const risers = new Map();
    for (let layer = from; layer >= highest; layer--) {
      const dummy = added("dummy", layer, net, 0);
      link(dummy.bottom[0], below);
      below = dummy.top[0];
      risers.set(layer, dummy.bottom[0]);
      climbed.push(dummy);
    }
    const last = added("turn", highest - 1, net, 0).bottom[0];
    link(last, below);
    for (const target of up) {
      const { layer } = target.pin.vertex;
      link(risers.get(layer - 1) ?? last, target.pin);
      paths.set(target, climbed.slice(0, from - layer + 1));
    }
  }
  return { layers, paths };
}
