/**
 * What the layout makes and the drawing takes. All numbers are pixels, y grows downwards.
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
 * @property {"none" | "short" | "all"} [options] Which option rows nodes have; "short" by default: what
 *   the text gives, the first few. "all" has the defaults too.
 * @property {boolean} [types] Whether ports show what they carry.
 */

/**
 * @typedef {object} PlacedPort
 * @property {Side} side
 * @property {number} index Which port of that list of the node, or of the outermost graph, it is; -1 for a
 *   port that only the graph inside an open subgraph has.
 * @property {number} inner Which port of the graph inside an open subgraph it is; -1 for none.
 * @property {Port} port
 * @property {number} x Where the wire ends, on the border of the box.
 * @property {number} y
 * @property {number} labelX The middle of the label; of side packets its outer end.
 * @property {number} labelY The baseline of its last line.
 * @property {string} tag As much of it as there is room for.
 * @property {string} name As much of it as there is room for.
 * @property {string} type What is shown of its type, "" for nothing.
 * @property {boolean} connected Whether any wire outside ends here.
 */

/**
 * @typedef {object} Row One line of text inside a box.
 * @property {"title" | "name" | "badge" | "option" | "more"} kind
 * @property {string} text
 * @property {string} [value]
 * @property {boolean} [dim] A default.
 * @property {string} [full] What it says when there is room for all of it.
 * @property {number} x Relative to the box.
 * @property {number} y The baseline, relative to the box.
 * @property {number} [width] Of a badge.
 */

/**
 * @typedef {object} Box A node, an open subgraph or an end of the outermost graph.
 * @property {string} id The node's id; of ends "in:name", "out:name", "side_in:name", "side_out:name".
 * @property {"node" | "group" | "input" | "output" | "side_input" | "side_output"} role
 * @property {GraphNode | null} node
 * @property {string} graph The id of the graph it is in.
 * @property {number} depth How many open subgraphs it is in.
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
 * @property {string} graph The id of the graph it is in.
 * @property {number} depth
 * @property {boolean} back Whether it is drawn as going back.
 * @property {Point[]} points Corners, from the source's port to the target's; all lines are level or upright.
 * @property {Point[]} joints Where it leaves the line of another wire of the same stream.
 */

/**
 * @typedef {object} Geometry
 * @property {number} width
 * @property {number} height
 * @property {Box[]} boxes Outer ones before those inside them.
 * @property {Wire[]} wires
 * @property {{text: string, x: number, y: number}[]} captions What holds for the whole graph.
 */

export {};
