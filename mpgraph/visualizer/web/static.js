/** What static files need: a graph to SVG in one step. */

import { draw } from "./draw/draw.js";
import { layout } from "./layout/layout.js";

/** @param {import("./layout/types.js").Graph} graph @param {import("./layout/types.js").Settings} places @param {import("./draw/draw.js").DrawSettings} looks */
export function svg(graph, places, looks) {
  return draw(layout(graph, places), looks);
}

/** @param {import("./layout/types.js").Graph} graph @param {import("./layout/types.js").Settings} places */
export function geometry(graph, places) {
  return layout(graph, places);
}
