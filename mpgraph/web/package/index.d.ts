export * from "./graph.js";
export * from "./selfie_segmentation.js";
export { Camera, CameraInterface, CameraOptions } from "./camera_utils.js";
export { ControlPanel, DropDownControl, FPS, Slider, SourcePicker, StaticText, Toggle } from "./control_utils.js";
export * from "./drawing_utils.js";
