/** The state of a running graph on the drawing: times at nodes, rates and queues at edges. */

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./drawing.js").DrawnView} DrawnView */
/** @typedef {import("./live.js").LiveState} LiveState */
/** @typedef {import("./live.js").QueueState} QueueState */
/** @typedef {import("./runtime_names.js").RuntimeNames} RuntimeNames */

const SVG = "http://www.w3.org/2000/svg";

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
  }

  /** @param {DrawnView} view @param {LiveState} state @param {RuntimeNames} names */
  paint(view, state, names) {
    this.layer.replaceChildren();
    if (this.layer.parentNode !== view.overlay) view.overlay.append(this.layer);
    this.paintNodes(view, state, names);
    this.paintEdges(view, state, names);
    this.paintPath(view, state, names);
    this.paintFailure(view, state);
  }

  /** @param {DrawnView} view @param {LiveState} state A frame around the node that failed. */
  paintFailure(view, state) {
    const ranges = state.failure.flatMap(({ place }) => (place ? [place] : []));
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
        text(`${milliseconds(mean)} · ${(share * 100).toFixed(0)} %`, x + width + 7, y + 11, "live-time"),
      );
      if (drops) this.layer.append(text(`${drops} dropped`, x + width + 7, y + 25, "live-drops"));
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
          const point = middle(edge);
          if (point) this.layer.append(text(`${rate(stream.per_second)}${waiting}`, point.x + 5, point.y + 3, full ? "live-rate full" : "live-rate"));
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

/** @param {Element} edge @returns {DOMPoint | null} */
function middle(edge) {
  const line = edge.querySelector("path.line");
  return line instanceof SVGPathElement ? line.getPointAtLength(line.getTotalLength() / 2) : null;
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
