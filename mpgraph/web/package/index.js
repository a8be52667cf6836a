// What `import ... from "mpgraph"` offers.

export { Graph } from "./graph.js";
export { GraphError } from "./runtime/errors.js";
export { SelfieSegmentation, VERSION } from "./selfie_segmentation.js";
export { Camera } from "./camera_utils.js";
export * from "./control_utils.js";
export * from "./drawing_utils.js";
