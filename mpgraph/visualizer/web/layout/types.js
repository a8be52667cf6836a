/**
 * The geometry that the layout produces and the drawing consumes. All numbers are pixels; y grows downwards.
 */

/** @typedef {import("../page/structure.js").Graph} Graph */
/** @typedef {import("../page/structure.js").GraphNode} GraphNode */
/** @typedef {import("../page/structure.js").Port} Port */
/** @typedef {import("../page/structure.js").Edge} Edge */
/** @typedef {import("../page/structure.js").OptionRow} OptionRow */

/** @typedef {"in" | "out" | "side_in" | "side_out"} Side */
/** @typedef {[number, number]} Point */

/**
 * @typedef {object} Settings
 * @property {"all" | string[]} [expanded] Ids of the subgraphs that are open; none by default.
 * @property {"none" | "short" | "all"} [options] The option rows of nodes; "short" by default: the first few
 *   that the text sets. "all" includes the defaults.
 * @property {boolean} [types] Whether ports are labelled with their types.
 */

/**
 * @typedef {object} PlacedPort
 * @property {Side} side
 * @property {number} index Its index in that list of the node, or of the outermost graph; -1 for a port that
 *   only the graph inside an open subgraph has.
 * @property {number} inner Its index in the graph inside an open subgraph; -1 for none.
 * @property {Port} port
 * @property {number} x Where the wire ends, on the border of the box.
 * @property {number} y
 * @property {number} labelX The middle of the label, or its outer end for side packets.
 * @property {number} labelY The baseline of its last line.
 * @property {string} tag As much of it as fits.
 * @property {string} name As much of it as fits.
 * @property {string} type The visible part of its type, "" for none.
 * @property {boolean} connected Whether any wire outside ends here.
 */

/**
 * @typedef {object} Row One line of text inside a box.
 * @property {"title" | "name" | "badge" | "option" | "more"} kind
 * @property {string} text
 * @property {string} [value]
 * @property {boolean} [dim] A default.
 * @property {string} [full] The full text, if it is cut.
 * @property {number} x Relative to the box.
 * @property {number} y The baseline, relative to the box.
 * @property {number} [width] Of a badge.
 */

/**
 * @typedef {object} Box A node, an open subgraph or an end of the outermost graph.
 * @property {string} id The node's id; of ends "in:name", "out:name", "side_in:name", "side_out:name".
 * @property {"node" | "group" | "input" | "output" | "side_input" | "side_output"} role
 * @property {GraphNode | null} node
 * @property {string} graph The id of the graph that contains it.
 * @property {number} depth The number of open subgraphs around it.
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {PlacedPort[]} ports
 * @property {Row[]} rows
 */

/**
 * @typedef {object} Wire One edge of the model.
 * @property {string} id
 * @property {Edge} edge
 * @property {string} graph The id of the graph that contains it.
 * @property {number} depth
 * @property {boolean} back Whether it is drawn as a back edge.
 * @property {Point[]} points Corners, from the port of the source to that of the target; all segments are horizontal or vertical.
 * @property {Point[]} joints The points at which it branches off another wire of the same stream.
 */

/**
 * @typedef {object} Geometry
 * @property {number} width
 * @property {number} height
 * @property {Box[]} boxes Outer boxes before the boxes inside them.
 * @property {Wire[]} wires
 * @property {{text: string, x: number, y: number}[]} captions Settings of the whole graph.
 */

export {};
