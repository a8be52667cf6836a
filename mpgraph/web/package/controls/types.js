/**
 * Types of the controls; the names are those of `@mediapipe/control_utils`.
 *
 * @typedef {Record<string, any>} OptionMap The options that controls change, by field.
 * @typedef {HTMLVideoElement | HTMLImageElement | HTMLCanvasElement} InputImage
 * @typedef {{width: number, height: number}} Rectangle In pixels.
 * @typedef {(options: OptionMap) => void} ControlPanelListener
 * @typedef {() => void} FireFn Notifies the panel that a control has changed the options.
 *
 * @typedef {object} Control
 * @property {(fire: FireFn, options: OptionMap, parent: HTMLElement) => void} create Adds the control to the panel.
 * @property {() => void} update Shows the value that the options have now.
 */

export {};
