/** From structure to SVG text and boxes: the seam between the page and the modules that lay out and draw. */

import { draw } from "../draw/draw.js";
import { DARK, LIGHT, style, variables } from "../draw/theme.js";
import { layout } from "../layout/layout.js";

/** @typedef {import("./structure.js").Structure} Structure */
/** @typedef {import("./structure.js").Graph} Graph */
/** @typedef {import("./viewport.js").Box} Box */

// The page's CSP allows no style elements but its own, and its hover card says what titles would.
const STYLE = /<style>[^<]*<\/style>/;
const TITLES = /<title>[^<]*<\/title>/g;

/**
 * @param {Structure} structure
 * @param {ReadonlySet<string>} expanded
 * @param {string} title For screen readers.
 * @returns {{svg: string, width: number, height: number, boxes: Map<string, Box>}}
 */
export function render(structure, expanded, title) {
  const geometry = layout(structure.graph, { expanded: [...expanded] });
  const text = draw(geometry, { theme: "variables", interactive: true, title });
  return {
    svg: text.replace(STYLE, "").replace(TITLES, ""),
    width: geometry.width,
    height: geometry.height,
    boxes: new Map(geometry.boxes.map((box) => [box.id, box])),
  };
}

/** @param {Structure} structure @param {ReadonlySet<string>} expanded @param {string} title @returns {string} A file with its own colours. */
export function standalone(structure, expanded, title) {
  return draw(layout(structure.graph, { expanded: [...expanded] }), { title });
}

/** Give the page the drawing's style, in the page's choice of dark and light; paper is light. */
export function adoptStyle() {
  const sheet = new CSSStyleSheet();
  const dark = `@media screen{:root[data-theme="dark"]{${variables(DARK)}}}`;
  sheet.replaceSync(`:root{${variables(LIGHT)}}${dark}${style("variables")}`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

/**
 * @param {Graph} graph
 * @param {ReadonlySet<string>} expanded
 * @returns {number} How many nodes would be drawn.
 */
export function countShown(graph, expanded) {
  let count = graph.nodes.length;
  for (const node of graph.nodes) if (node.graph && expanded.has(node.id)) count += countShown(node.graph, expanded);
  return count;
}
