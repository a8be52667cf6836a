/** Layout: from the model of a graph (mpgraph/visualizer/model.py as JSON) to the positions of everything. */

import { levelOf, moved } from "./level.js";
import { textWidth } from "./text.js";

/** @typedef {import("./types.js").Geometry} Geometry */
/** @typedef {import("./types.js").Graph} Graph */
/** @typedef {import("./types.js").Settings} Settings */

const PAD = 12;
const CAPTION_LINE = 15;

/**
 * Lay out a graph with some of its subgraphs open. The result is deterministic.
 * @param {Graph} graph The outermost one. @param {Settings} [settings] @returns {Geometry}
 */
export function layout(graph, settings = {}) {
  const expanded = settings.expanded ?? [];
  const open = expanded === "all" ? null : new Set(expanded);
  const level = levelOf(graph, null, 0, {
    open: (node) => open === null || open.has(node.id),
    options: settings.options ?? "short",
    types: settings.types ?? false,
  });
  const captions = captionsOf(graph);
  const above = PAD + captions.length * CAPTION_LINE;
  const widest = captions.reduce((most, text) => Math.max(most, textWidth(text, "name")), 0);
  return {
    width: Math.max(level.width, Math.ceil(widest) + 2 * PAD),
    height: level.height + above + PAD,
    captions: captions.map((text, line) => ({ text, x: PAD, y: PAD + 11 + line * CAPTION_LINE })),
    ...moved(level, 0, above),
  };
}

/** What holds for the whole graph, a line each. @param {Graph} graph @returns {string[]} */
function captionsOf(graph) {
  const declared = graph.executors.filter(({ name, type, num_threads: threads }) => name || type || threads);
  const lines = declared.map(({ name, type, num_threads: threads }) => {
    const details = [type, threads ? `${threads} threads` : ""].filter(Boolean).join(", ");
    return `${name ? `executor ${name}` : "default executor"}${details ? `: ${details}` : ""}`;
  });
  const limits = [
    graph.max_queue_size < 0
      ? "queues without limit"
      : graph.max_queue_size
        ? `queues of at most ${graph.max_queue_size}`
        : "",
    graph.num_threads ? `${graph.num_threads} threads` : "",
    graph.handler,
  ].filter(Boolean);
  return limits.length ? [...lines, limits.join(" · ")] : lines;
}

/** The ids of all subgraphs that can be opened, outer ones first. @param {Graph} graph @returns {string[]} */
export function openable(graph) {
  return graph.nodes.flatMap((node) => (node.graph ? [node.id, ...openable(node.graph)] : []));
}
