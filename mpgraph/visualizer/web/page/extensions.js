/** Everything that joins in without the page knowing it; see app.js for what `extend` may do. */

import { extend as live } from "./live.js";
import { extend as timeline } from "./timeline.js";

/** @typedef {(app: import("./app.js").App) => void} Extend */

/** @type {Extend[]} */
export const EXTENSIONS = [live, timeline];
