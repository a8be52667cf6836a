/** Merge two graphs into one that has the nodes and streams of both, and how each changed. */

import { matchNodes } from "./diff_match.js";

/** @typedef {import("./structure.js").Structure} Structure */
/** @typedef {import("./structure.js").Graph} Graph */
/** @typedef {import("./structure.js").GraphNode} GraphNode */
/** @typedef {import("./structure.js").Edge} Edge */
/** @typedef {import("./structure.js").Port} Port */
/** @typedef {"added" | "removed" | "changed" | "inside"} Change inside: only the inside of the subgraph changed */
/** @typedef {{change: Change, kind: "node" | "edge" | "graph", id: string, text: string, details: string[]}} Difference */
/** @typedef {{structure: Structure, nodes: Map<string, Change>, edges: Map<string, Change>, list: Difference[]}} Comparison */

const LISTS = /** @type {const} */ (["inputs", "outputs", "side_inputs", "side_outputs"]);
const WORDS = { inputs: "input", outputs: "output", side_inputs: "side input", side_outputs: "side output" };
const NODE_FACTS = /** @type {const} */ (["calculator", "executor", "handler", "max_in_flight", "buffer_size_hint", "source_layer"]);
const GRAPH_FACTS = /** @type {const} */ (["handler", "max_queue_size", "num_threads"]);
const OLDER = "older:";

/**
 * @param {Structure} older
 * @param {Structure} newer
 * @returns {Comparison} Its structure has the ids of the newer graph; removed nodes have their own ids.
 */
export function compare(older, newer) {
  /** @type {Comparison} */
  const result = { structure: newer, nodes: new Map(), edges: new Map(), list: [] };
  const files = { ...newer.files };
  /** @type {Map<string, string>} */
  const fileNames = new Map();
  for (const [file, text] of Object.entries(older.files)) {
    const name = newer.files[file] === text ? file : `${OLDER}${file}`;
    fileNames.set(file, name);
    files[name] = text;
  }
  const merger = new Merger(result, fileNames);
  const graph = merger.graph(older.graph, newer.graph);
  result.structure = { graph, files, diagnostics: newer.diagnostics };
  return result;
}

class Merger {
  /** @param {Comparison} result @param {Map<string, string>} fileNames */
  constructor(result, fileNames) {
    this.result = result;
    this.fileNames = fileNames;
  }

  /** @param {Graph} older @param {Graph} newer @returns {Graph} */
  graph(older, newer) {
    const { result } = this;
    const matched = matchNodes(older, newer);
    const continued = new Map([...matched].map(([id, node]) => [node.id, id]));
    const before = new Map(older.nodes.map((node) => [node.id, node]));
    const nodes = newer.nodes.map((node) => {
      const old = before.get(continued.get(node.id) ?? "");
      return old ? this.node(old, node) : this.added(node);
    });
    const gone = older.nodes.filter((node) => !matched.has(node.id)).map((node) => this.removed(node, newer.id));
    const details = [...facts(older, newer, GRAPH_FACTS), ...portChanges(older, newer)];
    if (details.length) result.list.push({ change: "changed", kind: "graph", id: newer.id, text: newer.name || "graph", details });
    const ids = new Map([...[...matched].map(([id, node]) => /** @type {[string, string]} */ ([id, node.id])),
      ...older.nodes.filter((node) => !matched.has(node.id)).map((node) => /** @type {[string, string]} */ ([node.id, olderId(node.id, newer.id)]))]);
    const merged = { ...newer, ...mergedPorts(older, newer), nodes: [...nodes, ...gone] };
    return { ...merged, edges: this.edges(older, newer, merged, ids) };
  }

  /** @param {GraphNode} older @param {GraphNode} newer @returns {GraphNode} */
  node(older, newer) {
    const details = [...facts(older, newer, NODE_FACTS), ...portChanges(older, newer), ...optionChanges(older, newer)];
    const known = this.result.list.length;
    const edges = this.result.edges.size;
    const graph = older.graph && newer.graph ? this.graph(older.graph, newer.graph) : newer.graph;
    const inside = this.result.list.length > known || this.result.edges.size > edges;
    if (details.length) {
      this.result.nodes.set(newer.id, "changed");
      this.result.list.push({ change: "changed", kind: "node", id: newer.id, text: newer.name, details });
    } else if (inside) this.result.nodes.set(newer.id, "inside");
    return { ...newer, ...mergedPorts(older, newer), graph };
  }

  /** @param {GraphNode} node @returns {GraphNode} */
  added(node) {
    this.result.nodes.set(node.id, "added");
    this.result.list.push({ change: "added", kind: "node", id: node.id, text: node.name, details: [] });
    return node;
  }

  /** @param {GraphNode} node @param {string} graph @returns {GraphNode} It cannot be opened, since the nodes inside it were removed too. */
  removed(node, graph) {
    const id = olderId(node.id, graph);
    this.result.nodes.set(id, "removed");
    this.result.list.push({ change: "removed", kind: "node", id, text: node.name, details: [] });
    const location = node.location && { ...node.location, file: this.fileNames.get(node.location.file) ?? node.location.file };
    return { ...node, id, location, graph: null, diagnostics: [] };
  }

  /**
   * @param {Graph} older @param {Graph} newer @param {Graph} merged @param {Map<string, string>} ids
   * @returns {Edge[]}
   */
  edges(older, newer, merged, ids) {
    const { result } = this;
    const key = (/** @type {Edge} */ edge) => [edge.kind, edge.name, edge.source.node, edge.target.node].join("\n");
    const moved = older.edges.map((edge) => ({
      ...edge,
      id: olderId(edge.id, newer.id),
      source: end(older, merged, edge.source, edge.kind, "outputs", ids),
      target: end(older, merged, edge.target, edge.kind, "inputs", ids),
    }));
    const before = new Set(moved.map(key));
    const after = new Set(newer.edges.map(key));
    const added = newer.edges.filter((edge) => !before.has(key(edge)));
    const gone = moved.filter((edge) => !after.has(key(edge)) && edge.source.port >= 0 && edge.target.port >= 0);
    for (const edge of added) result.edges.set(edge.id, "added");
    for (const edge of gone) result.edges.set(edge.id, "removed");
    for (const [change, edges] of /** @type {[Change, Edge[]][]} */ ([["added", added], ["removed", gone]])) {
      for (const edge of edges) {
        // Streams of nodes that were added or removed are no news.
        const news = [edge.source.node, edge.target.node].every((id) => !["added", "removed"].includes(result.nodes.get(id) ?? ""));
        const text = `${edge.name}: ${spoken(merged, edge.source.node)} to ${spoken(merged, edge.target.node)}`;
        if (news) result.list.push({ change, kind: "edge", id: edge.id, text, details: [] });
      }
    }
    return [...newer.edges, ...gone];
  }
}

/** @param {Graph} graph @param {string} id */
function spoken(graph, id) {
  return graph.nodes.find((node) => node.id === id)?.name ?? "the graph's border";
}

/** @param {string} id @param {string} graph */
function olderId(id, graph) {
  return graph ? `${graph}/${OLDER}${id}` : `${OLDER}${id}`;
}

/**
 * The endpoint in the merged graph of an endpoint of an older edge.
 * @param {Graph} older @param {Graph} merged @param {import("./structure.js").Endpoint} at
 * @param {"stream" | "side"} kind @param {"inputs" | "outputs"} side @param {Map<string, string>} ids
 */
function end(older, merged, at, kind, side, ids) {
  const own = at.node ? side : side === "inputs" ? "outputs" : "inputs";
  const list = kind === "stream" ? own : /** @type {const} */ (`side_${own}`);
  const before = at.node ? older.nodes.find((node) => node.id === at.node) : older;
  const id = at.node ? ids.get(at.node) ?? "" : "";
  const after = id ? merged.nodes.find((node) => node.id === id) : merged;
  const port = before?.[list][at.port];
  return { node: id, port: port && after ? after[list].findIndex((other) => other.entry === port.entry) : -1 };
}

/** @typedef {Pick<Graph, "inputs" | "outputs" | "side_inputs" | "side_outputs">} Ported */

/** @param {Ported} older @param {Ported} newer @returns {Ported} */
function mergedPorts(older, newer) {
  const merged = LISTS.map((list) => {
    const known = new Set(newer[list].map((port) => port.entry));
    return [list, [...newer[list], ...older[list].filter((port) => !known.has(port.entry))]];
  });
  return Object.fromEntries(merged);
}

/** @param {Ported} older @param {Ported} newer @returns {string[]} */
function portChanges(older, newer) {
  return LISTS.flatMap((list) => {
    const key = (/** @type {Port} */ port) => `${port.tag}:${port.index}`;
    const before = new Map(older[list].map((port) => [key(port), port]));
    const after = new Map(newer[list].map((port) => [key(port), port]));
    const changed = [...after].flatMap(([at, port]) => {
      const old = before.get(at);
      if (!old) return [`${WORDS[list]} ${port.entry} added`];
      if (old.name !== port.name) return [`${WORDS[list]} ${port.tag || port.index}: ${old.name} → ${port.name}`];
      return old.back_edge === port.back_edge ? [] : [`${WORDS[list]} ${port.entry}: back edge ${old.back_edge} → ${port.back_edge}`];
    });
    return [...changed, ...[...before].filter(([at]) => !after.has(at)).map(([, port]) => `${WORDS[list]} ${port.entry} removed`)];
  });
}

/** @param {GraphNode} older @param {GraphNode} newer @returns {string[]} */
function optionChanges(older, newer) {
  return /** @type {const} */ (["options", "handler_options"]).flatMap((list) => {
    const count = new Map();
    const numbered = (/** @type {import("./structure.js").OptionRow[]} */ rows) => {
      count.clear();
      return new Map(rows.map((row) => {
        count.set(row.name, (count.get(row.name) ?? 0) + 1);
        return [`${row.name} ${count.get(row.name)}`, row];
      }));
    };
    const before = numbered(older[list]);
    const after = numbered(newer[list]);
    const changed = [...after].flatMap(([at, row]) => {
      const old = before.get(at);
      if (old?.value === row.value) return [];
      return [old ? `${row.name}: ${old.value} → ${row.value}` : `${row.name}: ${row.value} added`];
    });
    return [...changed, ...[...before].filter(([at]) => !after.has(at)).map(([, row]) => `${row.name}: ${row.value} removed`)];
  });
}

/**
 * @template {string} K
 * @param {Record<K, any>} older @param {Record<K, any>} newer @param {readonly K[]} names
 * @returns {string[]}
 */
function facts(older, newer, names) {
  return names.filter((name) => older[name] !== newer[name])
    .map((name) => `${name}: ${older[name] || "default"} → ${newer[name] || "default"}`);
}
