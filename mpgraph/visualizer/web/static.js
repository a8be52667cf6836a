/** Entry points for exports without a browser: a graph to SVG, or to its geometry, in one step. */

import { draw } from "./draw/draw.js";
import { layout } from "./layout/layout.js";

/**
 * @param {import("./layout/types.js").Graph} graph @param {import("./layout/types.js").Settings} layoutSettings
 * @param {import("./draw/draw.js").DrawSettings} drawSettings
 */
export function svg(graph, layoutSettings, drawSettings) {
  return draw(layout(graph, layoutSettings), drawSettings);
}

/** @param {import("./layout/types.js").Graph} graph @param {import("./layout/types.js").Settings} settings */
export function geometry(graph, settings) {
  return layout(graph, settings);
}
