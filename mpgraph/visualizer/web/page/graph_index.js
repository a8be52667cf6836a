/** An index of a structure by id, and the paths of packets through it, across the borders of subgraphs. */

/** @typedef {import("./structure.js").Structure} Structure */
/** @typedef {import("./structure.js").Graph} Graph */
/** @typedef {import("./structure.js").GraphNode} GraphNode */
/** @typedef {import("./structure.js").Edge} Edge */
/** @typedef {import("./structure.js").Port} Port */
/**
 * @typedef {object} Stream One name in one graph.
 * @property {string} id `streamId` of the graph's id, the kind and the name
 * @property {Graph} graph
 * @property {"stream" | "side"} kind
 * @property {string} name
 * @property {string} type
 * @property {Edge[]} edges
 */

/**
 * @param {string} graph The id of the graph that has the name.
 * @param {string} kind
 * @param {string} name
 */
export function streamId(graph, kind, name) {
  return `${graph}|${kind}|${name}`;
}

export class GraphIndex {
  /** @param {Structure} structure */
  constructor(structure) {
    this.structure = structure;
    /** @type {Map<string, GraphNode>} */
    this.nodes = new Map();
    /** @type {Map<string, Graph>} By the id of their node, "" for the outermost. */
    this.graphs = new Map();
    /** @type {Map<string, string>} From the id of a node to the id of its graph. */
    this.parents = new Map();
    /** @type {Map<string, Stream>} */
    this.streams = new Map();
    /** @type {Map<string, {edge: Edge, graph: Graph}>} */
    this.edges = new Map();
    this.add(structure.graph);
  }

  /** @param {Graph} graph */
  add(graph) {
    this.graphs.set(graph.id, graph);
    for (const edge of graph.edges) {
      this.edges.set(edge.id, { edge, graph });
      this.stream(graph, edge.kind, edge.name, edge.type).edges.push(edge);
    }
    for (const node of graph.nodes) {
      this.nodes.set(node.id, node);
      this.parents.set(node.id, graph.id);
      for (const port of [...node.inputs, ...node.outputs]) this.stream(graph, "stream", port.name, port.type);
      for (const port of [...node.side_inputs, ...node.side_outputs]) {
        this.stream(graph, "side", port.name, port.type);
      }
      if (node.graph) this.add(node.graph);
    }
  }

  /**
   * @param {Graph} graph
   * @param {"stream" | "side"} kind
   * @param {string} name
   * @param {string} type
   * @returns {Stream}
   */
  stream(graph, kind, name, type) {
    const id = streamId(graph.id, kind, name);
    const known = this.streams.get(id) ?? { id, graph, kind, name, type, edges: [] };
    known.type ||= type;
    this.streams.set(id, known);
    return known;
  }

  /** @param {string} edgeId @returns {Stream | undefined} */
  streamOf(edgeId) {
    const found = this.edges.get(edgeId);
    return found && this.streams.get(streamId(found.graph.id, found.edge.kind, found.edge.name));
  }

  /** @param {string} id @returns {string[]} The subgraphs around a node, outermost first. */
  around(id) {
    const found = [];
    for (let at = this.parents.get(id); at; at = this.parents.get(at)) found.unshift(at);
    return found;
  }

  /** @returns {string[]} The ids of every node that can be opened. */
  openable() {
    return [...this.graphs.keys()].filter((id) => id !== "");
  }

  /**
   * The innermost nodes whose text contains a line; several if a subgraph is used several times.
   * @param {string} file
   * @param {number} line
   * @returns {GraphNode[]}
   */
  at(file, line) {
    let best = Infinity;
    /** @type {GraphNode[]} */
    let found = [];
    for (const node of this.nodes.values()) {
      const location = node.location;
      if (!location || location.file !== file || line < location.line || line > location.end_line) continue;
      const size = location.end_line - location.line;
      if (size < best) found = [];
      if (size <= best) found.push(node);
      best = Math.min(best, size);
    }
    return found;
  }

  /**
   * Everything that packets reach from a node or stream, or come from.
   * @param {import("./app.js").Target} target
   * @param {"up" | "down"} direction
   * @returns {{nodes: Set<string>, edges: Set<string>}}
   */
  reach(target, direction) {
    const walk = new Walk(this, direction);
    if (target.kind === "node") walk.node(target.id);
    else {
      for (const edge of this.streams.get(target.id)?.edges ?? []) {
        walk.edges.add(edge.id);
        const found = this.edges.get(edge.id);
        if (found) walk.end(found.graph, edge, direction === "down" ? edge.target : edge.source);
      }
    }
    walk.run();
    return { nodes: walk.nodes, edges: walk.edges };
  }

  /**
   * The parts of one stream on both sides of the borders it crosses.
   * @param {string} id
   * @returns {Set<string>} ids of streams
   */
  sameStream(id) {
    const found = new Set([id]);
    for (const at of found) {
      const stream = this.streams.get(at);
      if (!stream) continue;
      for (const { graph, name } of this.neighbours(stream)) found.add(streamId(graph.id, stream.kind, name));
    }
    return found;
  }

  /** @param {Stream} stream @returns {{graph: Graph, name: string}[]} */
  neighbours({ graph, kind, name }) {
    const found = [];
    /** @type {("inputs" | "outputs" | "side_inputs" | "side_outputs")[]} */
    const lists = kind === "stream" ? ["inputs", "outputs"] : ["side_inputs", "side_outputs"];
    for (const list of lists) {
      const owner = this.nodes.get(graph.id);
      const outer = this.graphs.get(this.parents.get(graph.id) ?? "");
      for (const port of graph[list]) {
        const outside = port.name === name && owner && matching(port, owner[list]);
        if (outside && outer && outer !== graph) found.push({ graph: outer, name: outside.name });
      }
      for (const node of graph.nodes) {
        if (!node.graph) continue;
        for (const port of node[list]) {
          const inside = port.name === name && matching(port, node.graph[list]);
          if (inside) found.push({ graph: node.graph, name: inside.name });
        }
      }
    }
    return found;
  }
}

/** @param {Port} port @param {Port[]} ports @returns {Port | undefined} */
function matching(port, ports) {
  return ports.find((other) => other.tag === port.tag && other.index === port.index);
}

/** A search through nodes and borders, one step for each port. */
class Walk {
  /** @param {GraphIndex} index @param {"up" | "down"} direction */
  constructor(index, direction) {
    this.index = index;
    this.down = direction === "down";
    /** @type {Set<string>} */
    this.nodes = new Set();
    /** @type {Set<string>} */
    this.edges = new Set();
    /** @type {Set<string>} Ports still to be followed, as JSON of [node, kind, port number]. */
    this.ports = new Set();
    /** @type {Map<string, Map<string, Edge[]>>} By graph: edges by the endpoint that comes first in this direction. */
    this.byEnd = new Map();
  }

  run() {
    for (const port of this.ports) {
      const [graphId, node, kind, number] = JSON.parse(port);
      const graph = this.index.graphs.get(graphId);
      if (!graph) continue;
      for (const edge of this.starting(graph).get(`${node}|${kind}|${number}`) ?? []) {
        this.edges.add(edge.id);
        this.end(graph, edge, this.down ? edge.target : edge.source);
      }
    }
  }

  /** @param {Graph} graph @returns {Map<string, Edge[]>} */
  starting(graph) {
    const known = this.byEnd.get(graph.id);
    if (known) return known;
    /** @type {Map<string, Edge[]>} */
    const byOrigin = new Map();
    for (const edge of graph.edges) {
      const end = this.down ? edge.source : edge.target;
      const key = `${end.node}|${edge.kind}|${end.port}`;
      byOrigin.set(key, [...(byOrigin.get(key) ?? []), edge]);
    }
    this.byEnd.set(graph.id, byOrigin);
    return byOrigin;
  }

  /** @param {string} id Enter a node, and leave it by all ports on the other side. */
  node(id) {
    if (this.nodes.has(id)) return;
    const node = this.index.nodes.get(id);
    if (!node) return;
    this.nodes.add(id);
    for (const around of this.index.around(id)) this.nodes.add(around);
    const graph = this.index.parents.get(id) ?? "";
    this.leave(graph, id, "stream", (this.down ? node.outputs : node.inputs).length);
    this.leave(graph, id, "side", (this.down ? node.side_outputs : node.side_inputs).length);
    for (const inner of node.graph?.nodes ?? []) this.node(inner.id);
    for (const edge of node.graph?.edges ?? []) this.edges.add(edge.id);
  }

  /** @param {string} graph @param {string} node @param {string} kind @param {number} count */
  leave(graph, node, kind, count) {
    for (let port = 0; port < count; port++) this.ports.add(JSON.stringify([graph, node, kind, port]));
  }

  /**
   * Follow an edge to an endpoint: a node, a border from outside, or a border from inside.
   * @param {Graph} graph @param {Edge} edge @param {import("./structure.js").Endpoint} end
   */
  end(graph, edge, end) {
    const into = this.down ? "inputs" : "outputs";
    const list = edge.kind === "stream" ? into : /** @type {const} */ (`side_${into}`);
    if (end.node === "") {
      const owner = this.index.nodes.get(graph.id);
      const away = this.down ? "outputs" : "inputs";
      const border = edge.kind === "stream" ? away : /** @type {const} */ (`side_${away}`);
      const port = graph[border][end.port];
      const outside = owner && port && owner[border].findIndex((other) => matching(port, [other]));
      if (owner && outside !== undefined && outside >= 0) {
        this.ports.add(JSON.stringify([this.index.parents.get(graph.id) ?? "", graph.id, edge.kind, outside]));
      }
      return;
    }
    const node = this.index.nodes.get(end.node);
    if (!node) return;
    const port = node[list][end.port];
    const inside = node.graph && port ? node.graph[list].findIndex((other) => matching(port, [other])) : -1;
    if (!node.graph) this.node(end.node);
    else {
      this.nodes.add(end.node);
      if (inside >= 0) this.ports.add(JSON.stringify([node.graph.id, "", edge.kind, inside]));
    }
  }
}
