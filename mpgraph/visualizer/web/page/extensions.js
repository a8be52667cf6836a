/** The extensions of the page, which nothing else refers to; app.js documents what `extend` may do. */

import { extend as live } from "./live.js";
import { extend as timeline } from "./timeline.js";

/** @typedef {(app: import("./app.js").App) => void} Extend */

/** @type {Extend[]} */
export const EXTENSIONS = [live, timeline];
