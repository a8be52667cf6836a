/** Layout: from the model of a graph (mpgraph/visualizer/model.py as JSON) to places for everything. */

import { levelOf } from "./level.js";

/** @typedef {import("./types.js").Geometry} Geometry */
/** @typedef {import("./types.js").Graph} Graph */
/** @typedef {import("./types.js").Settings} Settings */

/**
 * Lay out a graph with some of its subgraphs open. The same arguments give the same places.
 * @param {Graph} graph The outermost one. @param {Settings} [settings] @returns {Geometry}
 */
export function layout(graph, settings = {}) {
  const expanded = settings.expanded ?? [];
  const open = expanded === "all" ? null : new Set(expanded);
  const level = levelOf(graph, null, 0, {
    open: (node) => open === null || open.has(node.id),
    options: settings.options ?? "short",
  });
  const { width, height, boxes, wires } = level;
  return { width, height, boxes, wires };
}

/** The ids of all subgraphs that can be opened, outer ones first. @param {Graph} graph @returns {string[]} */
export function openable(graph) {
  return graph.nodes.flatMap((node) => (node.graph ? [node.id, ...openable(node.graph)] : []));
}
