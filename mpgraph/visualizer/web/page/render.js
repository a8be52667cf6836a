/** From structure to SVG text and boxes: the interface between the page and layout and drawing. */

import { draw } from "../draw/draw.js";
import { DARK, LIGHT, style, variables } from "../draw/theme.js";
import { layout } from "../layout/layout.js";

/** @typedef {import("./structure.js").Structure} Structure */
/** @typedef {import("./structure.js").Graph} Graph */
/** @typedef {import("./viewport.js").Box} Box */

// The page's CSP allows no style elements but its own, and its hover card replaces titles.
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

/**
 * @param {Structure} structure @param {ReadonlySet<string>} expanded @param {string} title
 * @param {import("../draw/theme.js").Theme} [theme]
 * @returns {string} A self-contained file with its own colours.
 */
export function standalone(structure, expanded, title, theme = "auto") {
  return draw(layout(structure.graph, { expanded: [...expanded] }), { title, theme });
}

/** Add the drawing's style to the page, following the page's theme; printing is light. */
export function adoptStyle() {
  const sheet = new CSSStyleSheet();
  const dark = `@media screen{:root[data-theme="dark"]{${variables(DARK)}}}`;
  sheet.replaceSync(`:root{${variables(LIGHT)}}${dark}${style("variables")}`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

/**
 * @param {Graph} graph
 * @param {ReadonlySet<string>} expanded
 * @returns {number} The number of nodes that would be drawn.
 */
export function countShown(graph, expanded) {
  let count = graph.nodes.length;
  for (const node of graph.nodes) if (node.graph && expanded.has(node.id)) count += countShown(node.graph, expanded);
  return count;
}
