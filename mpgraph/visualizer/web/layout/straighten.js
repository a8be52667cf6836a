/** Straightening: remove small steps in lines by moving ports slightly. */

/** @typedef {import("./level_graph.js").Vertex} Vertex */
/** @typedef {import("./level_graph.js").Pin} Pin */

const MOST = 9;

/** @param {Vertex[][]} layers With their rounded positions. */
export function straighten(layers) {
  for (const layer of layers) {
    for (const vertex of layer) {
      for (const pin of vertex.bottom) if (pin.links.length === 1) pullTogether(pin, pin.links[0]);
    }
  }
}

/** @param {Pin} upper @param {Pin} lower */
function pullTogether(upper, lower) {
  if (lower.links.length !== 1 || upper.vertex.layer >= lower.vertex.layer) return;
  const gap = upper.vertex.x + upper.dx - lower.vertex.x - lower.dx;
  if (gap === 0 || Math.abs(gap) > MOST) return;
  if (movable(lower, gap)) lower.dx += gap;
  else if (movable(upper, -gap)) upper.dx -= gap;
}

/** Whether a port of a closed box may move that far. @param {Pin} pin @param {number} by */
function movable(pin, by) {
  const { vertex } = pin;
  if (!vertex.arrange || pin.tail.length) return false;
  const to = pin.dx + by;
  if (to < 8 || to > vertex.width - 8) return false;
  const pins = vertex.top.includes(pin) ? vertex.top : vertex.bottom;
  return pins.every((other) => other === pin || (other.dx < pin.dx ? other.dx + 8 < to : other.dx - 8 > to));
}
