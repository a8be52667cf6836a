/** The state of a running graph on the drawing: times at nodes, rates and queues at edges. */

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./drawing.js").DrawnView} DrawnView */
/** @typedef {import("./live.js").LiveState} LiveState */
/** @typedef {import("./live.js").QueueState} QueueState */
/** @typedef {import("./runtime_names.js").RuntimeNames} RuntimeNames */

import { FreePlaces } from "./free_places.js";

const SVG = "http://www.w3.org/2000/svg";
const SHARES = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8];

/** @param {number} microseconds */
export function milliseconds(microseconds) {
  if (microseconds < 1000) return `${microseconds.toFixed(0)} µs`;
  return `${(microseconds / 1000).toFixed(microseconds < 10_000 ? 2 : 1)} ms`;
}

export class LiveMarks {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.layer = shape("g", { class: "live-layer" });
    this.places = new FreePlaces([]);
  }

  /** @param {DrawnView} view @param {LiveState} state @param {RuntimeNames} names */
  paint(view, state, names) {
    this.layer.replaceChildren();
    if (this.layer.parentNode !== view.overlay) view.overlay.append(this.layer);
    this.places = new FreePlaces(this.closed(view));
    this.paintNodes(view, state, names);
    this.paintEdges(view, state, names);
    this.paintPath(view, state, names);
    this.paintFailure(view, state);
  }

  /** The boxes that labels must not cover. @param {DrawnView} view */
  closed(view) {
    const ids = [...this.app.index.nodes.keys()].filter((id) => !this.app.expanded.has(id));
    return ids.flatMap((id) => (view.visible(id) === id ? view.box(id) ?? [] : []));
  }

  /**
   * A label at the first free one of several places; the panel and the cards have what there is no room for.
   * @param {string} content @param {string} kind @param {(width: number) => import("./free_places.js").Place[]} places
   */
  label(content, kind, places) {
    const place = this.places.take(content, places);
    if (place) this.layer.append(text(content, place.x, place.y, kind));
  }

  /** @param {DrawnView} view @param {LiveState} state A frame around the node that failed. */
  paintFailure(view, state) {
    const ranges = state.failure.flatMap(({ location }) => (location ? [location] : []));
    const failed = ranges.flatMap(({ file, line }) => this.app.index.at(file, line));
    for (const id of new Set(failed.map((node) => view.visible(node.id)))) {
      const box = view.box(id);
      if (box) this.layer.append(shape("rect", { class: "live-failed", x: box.x - 3, y: box.y - 3, width: box.width + 6, height: box.height + 6, rx: 8 }));
    }
  }

  /** @param {DrawnView} view @param {LiveState} state @param {RuntimeNames} names */
  paintNodes(view, state, names) {
    /** @type {Map<string, {share: number, mean: number, drops: number}>} By visible node, including what is inside it. */
    const shown = new Map();
    const at = (/** @type {string} */ name) => {
      const id = names.node(name);
      if (id === undefined) return null;
      const visible = view.visible(id);
      const known = shown.get(visible) ?? { share: 0, mean: 0, drops: 0 };
      shown.set(visible, known);
      return known;
    };
    for (const node of state.nodes) {
      const known = node.calls ? at(node.name) : null;
      if (known) {
        known.share += node.share;
        known.mean += node.mean;
      }
    }
    for (const drop of state.drops) {
      const known = at(drop.node);
      if (known) known.drops += drop.packets;
    }
    for (const [id, { share, mean, drops }] of shown) {
      const box = view.box(id);
      if (!box) continue;
      const { x, y, width, height } = box;
      this.layer.append(
        shape("rect", { class: "live-track", x: x - 10, y, width: 5, height }),
        shape("rect", { class: "live-share", x: x - 10, y: y + height * (1 - share), width: 5, height: Math.max(height * share, 1) }),
      );
      const beside = (/** @type {number} */ own) => [
        { x: x + width + 7, y: y + 11 }, { x: x + width + 7, y: y + 25 }, { x, y: y - 5 }, { x: x + width - own, y: y - 5 },
        { x: x + width + 7, y: y + height - 2 }, { x, y: y + height + 12 }, { x: x + width - own, y: y + height + 12 }, { x: x - 14 - own, y: y + 11 },
      ];
      this.label(`${milliseconds(mean)} · ${(share * 100).toFixed(0)} %`, "live-time", beside);
      if (drops) this.label(`${drops} dropped`, "live-drops", beside);
    }
  }

  /** @param {DrawnView} view @param {LiveState} state @param {RuntimeNames} names */
  paintEdges(view, state, names) {
    const { index } = this.app;
    for (const stream of state.streams) {
      const origin = names.stream(stream);
      if (!origin || !stream.packets) continue;
      const queues = state.queues.filter((queue) => queue.stream === stream.name);
      for (const id of index.sameStream(origin)) {
        for (const edge of view.edges(id)) {
          const own = queuesOf(edge, queues, names, index);
          const longest = own.reduce((most, queue) => Math.max(most, queue.length), 0);
          const high = own.reduce((most, queue) => Math.max(most, queue.high_water), 0);
          const full = own.some((queue) => queue.limit > 0 && queue.length >= queue.limit);
          const waiting = high > 1 ? ` · ${longest} of ${high} wait` : "";
          this.label(`${rate(stream.per_second)}${waiting}`, full ? "live-rate full" : "live-rate", () => along(edge));
        }
      }
    }
  }

  /** @param {DrawnView} view @param {LiveState} state @param {RuntimeNames} names */
  paintPath(view, state, names) {
    for (const step of state.critical_path) {
      const id = names.node(step.node);
      const box = id === undefined ? null : view.box(view.visible(id));
      if (box) this.layer.append(shape("rect", { class: "live-critical", x: box.x - 3, y: box.y - 3, width: box.width + 6, height: box.height + 6, rx: 8 }));
    }
  }
}

/**
 * The queues at the end of one edge; all of the stream's when it ends at a closed subgraph.
 * @param {Element} edge @param {QueueState[]} queues @param {RuntimeNames} names
 * @param {import("./graph_index.js").GraphIndex} index
 */
function queuesOf(edge, queues, names, index) {
  const found = index.edges.get(edge.getAttribute("data-edge") ?? "");
  const target = found ? index.nodes.get(found.edge.target.node) : undefined;
  const own = queues.filter((queue) => target && names.node(queue.node) === target.id);
  return own.length ? own : target?.graph ? queues : [];
}

/** @param {number} perSecond */
function rate(perSecond) {
  if (perSecond >= 1000) return `${(perSecond / 1000).toFixed(1)}k/s`;
  return `${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s`;
}

/** Places beside a line, from its middle outwards. @param {Element} edge */
function along(edge) {
  const line = edge.querySelector("path.line");
  if (!(line instanceof SVGPathElement)) return [];
  const length = line.getTotalLength();
  return SHARES.map((share) => line.getPointAtLength(length * share)).map(({ x, y }) => ({ x: x + 5, y: y + 3 }));
}

/** @param {string} name @param {Record<string, string | number>} attributes */
function shape(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** @param {string} content @param {number} x @param {number} y @param {string} kind */
function text(content, x, y, kind) {
  const element = shape("text", { x, y, class: kind });
  element.textContent = content;
  return element;
}
