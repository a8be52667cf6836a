/** Match the nodes of a newer graph with those of an older one. */

/** @typedef {import("./structure.js").Graph} Graph */
/** @typedef {import("./structure.js").GraphNode} GraphNode */
/** @typedef {import("./structure.js").Port} Port */

const LEAST = 3;

/**
 * Nodes need no names, and generated names are numbered, so a node's outputs identify it better than its name.
 * @param {Graph} older
 * @param {Graph} newer
 * @returns {Map<string, GraphNode>} The matching newer nodes, by the ids of the older nodes.
 */
export function matchNodes(older, newer) {
  /** @type {Map<string, GraphNode[]>} The newer nodes by all keys that may match an older node. */
  const byKey = new Map();
  for (const node of newer.nodes) {
    for (const key of keys(node)) byKey.set(key, [...(byKey.get(key) ?? []), node]);
  }
  const pairs = [];
  for (const [order, before] of older.nodes.entries()) {
    const candidates = new Set(keys(before).flatMap((key) => byKey.get(key) ?? []));
    for (const after of candidates) {
      const score = likeness(before, after);
      if (score >= LEAST) pairs.push({ before, after, score, order });
    }
  }
  pairs.sort((a, b) => b.score - a.score || a.order - b.order);
  /** @type {Map<string, GraphNode>} */
  const matched = new Map();
  const taken = new Set();
  for (const { before, after } of pairs) {
    if (matched.has(before.id) || taken.has(after.id)) continue;
    matched.set(before.id, after);
    taken.add(after.id);
  }
  return matched;
}

/** @param {GraphNode} node @returns {string[]} */
function keys(node) {
  const produced = [...node.outputs, ...node.side_outputs].map((port) => `out ${port.name}`);
  return [...new Set([`name ${node.name}`, `calculator ${node.calculator}`, ...produced])];
}

/** @param {GraphNode} a @param {GraphNode} b */
function likeness(a, b) {
  const same = a.calculator === b.calculator ? 2 : 0;
  const named = a.name === b.name ? (a.name === a.calculator ? 1 : 3) : 0;
  const outputs = shared([...a.outputs, ...a.side_outputs], [...b.outputs, ...b.side_outputs]);
  const inputs = shared([...a.inputs, ...a.side_inputs], [...b.inputs, ...b.side_inputs]);
  const exact = same && outputs + inputs === ports(a) && ports(a) === ports(b) ? 2 : 0;
  return same + named + 3 * outputs + inputs + exact;
}

/** @param {GraphNode} node */
function ports(node) {
  return node.inputs.length + node.outputs.length + node.side_inputs.length + node.side_outputs.length;
}

/** @param {Port[]} a @param {Port[]} b */
function shared(a, b) {
  const names = new Set(b.map((port) => port.name));
  return a.filter((port) => names.has(port.name)).length;
}
