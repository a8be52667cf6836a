/** The types of mpgraph/visualizer/model.py as JSON, field for field; they are documented there. */

/** @typedef {{file: string, line: number, column: number, end_line: number}} SourceRange */
/** @typedef {{entry: string, tag: string, index: number, name: string, type: string, line: number,
 *   back_edge: boolean, implied: boolean}} Port */
/** @typedef {{name: string, value: string, default: boolean, line: number}} OptionRow */
/** @typedef {{severity: string, message: string, location: SourceRange | null, node: string, code: string, suggestion: string}} Diagnostic */
/** @typedef {{node: string, port: number}} Endpoint */
/** @typedef {{id: string, kind: "stream" | "side", name: string, source: Endpoint, target: Endpoint, type: string,
 *   back_edge: boolean}} Edge */
/** @typedef {{name: string, type: string, num_threads: number}} Executor */
/**
 * @typedef {object} GraphNode
 * @property {string} id
 * @property {string} name
 * @property {string} calculator
 * @property {"calculator" | "subgraph" | "generator" | "unknown"} kind
 * @property {SourceRange | null} location
 * @property {Port[]} inputs
 * @property {Port[]} outputs
 * @property {Port[]} side_inputs
 * @property {Port[]} side_outputs
 * @property {string} options_type
 * @property {OptionRow[]} options
 * @property {string} executor
 * @property {string} handler
 * @property {OptionRow[]} handler_options
 * @property {number} max_in_flight
 * @property {number} buffer_size_hint
 * @property {number} source_layer
 * @property {string} runtime_name
 * @property {string} doc
 * @property {string} note
 * @property {Diagnostic[]} diagnostics
 * @property {Graph | null} graph
 */
/**
 * @typedef {object} Graph
 * @property {string} id
 * @property {string} name
 * @property {string} file
 * @property {Port[]} inputs
 * @property {Port[]} outputs
 * @property {Port[]} side_inputs
 * @property {Port[]} side_outputs
 * @property {GraphNode[]} nodes
 * @property {Edge[]} edges
 * @property {Executor[]} executors
 * @property {string} handler
 * @property {number} max_queue_size
 * @property {number} num_threads
 */
/** @typedef {{graph: Graph, files: Record<string, string>, diagnostics: Diagnostic[]}} Structure */

export {};
