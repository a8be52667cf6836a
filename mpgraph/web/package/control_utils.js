/**
 * A panel of controls that change options; the API of `@mediapipe/control_utils`.
 *
 * Its looks are in control_utils.css, with the original's class names; icons are part of the code. Controls are
 * buttons, sliders and lists of the browser, so that keyboards and screen readers can use them.
 */

export { FPS } from "./controls/fps.js";
export { ControlPanel } from "./controls/panel.js";
export { DropDownControl, Slider, StaticText, Toggle } from "./controls/simple.js";
export { SourcePicker } from "./controls/source_picker.js";

/**
 * @typedef {import("./controls/types.js").Control} Control
 * @typedef {import("./controls/types.js").ControlPanelListener} ControlPanelListener
 * @typedef {import("./controls/types.js").FireFn} FireFn
 * @typedef {import("./controls/types.js").InputImage} InputImage
 * @typedef {import("./controls/types.js").OptionMap} OptionMap
 * @typedef {import("./controls/types.js").Rectangle} Rectangle
 * @typedef {import("./controls/simple.js").DropDownControlConfig} DropDownControlConfig
 * @typedef {import("./controls/simple.js").DropDownControlOption} DropDownControlOption
 * @typedef {import("./controls/simple.js").SliderConfig} SliderConfig
 * @typedef {import("./controls/source_picker.js").NamedSource} NamedSource
 * @typedef {import("./controls/source_picker.js").SourcePickerConfig} SourcePickerConfig
 * @typedef {import("./controls/source_picker.js").SourceType} SourceType
 */
