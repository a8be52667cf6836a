/** Everything that joins in without the page knowing it; see app.js for what `extend` may do. */

/** @typedef {(app: import("./app.js").App) => void} Extend */

/** @type {Extend[]} Add a row: `import { extend as timeline } from "./timeline.js";` and its name here. */
export const EXTENSIONS = [];
