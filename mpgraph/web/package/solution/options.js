/** The options of the Solution API, checked when they are set. */

import { didYouMean } from "./did_you_mean.js";

/** @typedef {"general" | "landscape"} Model */
/** @typedef {"auto" | "webgpu" | "wasm"} Device */

/**
 * @typedef {object} Options
 * @property {boolean} [selfieMode] Whether images are mirrored, as people expect of a selfie; false at first.
 * @property {number} [modelSelection] 0 (at first): the general model, 256x256; 1: the landscape model, 256 wide and
 *   144 high, faster and for wide images.
 * @property {boolean} [useCpuInference] true: as `device: "wasm"`; false: as "auto". The original has it, undocumented.
 * @property {Device} [device] "auto" (at first): WebGPU where the browser has a real one, else WebAssembly. Not in
 *   the original.
 */

/** @type {readonly Model[]} */
const MODELS = ["general", "landscape"];
/** @type {readonly string[]} */
const DEVICES = ["auto", "webgpu", "wasm"];

/**
 * Options of the original's web demo that its control panel passes on with the others: `effect` is the panel's own,
 * and the original ignores it.
 */
const IGNORED = ["effect"];

export class CheckedOptions {
  selfieMode = false;
  /** @type {Model} */
  model = "general";
  /** @type {Device} */
  device = "auto";

  /** @type {Record<string, (value: any) => void>} */
  #setters = {
    selfieMode: (value) => void (this.selfieMode = boolean("selfieMode", value)),
    modelSelection: (value) => void (this.model = modelOf(value)),
    useCpuInference: (value) => void (this.device = boolean("useCpuInference", value) ? "wasm" : "auto"),
    device: (value) => void (this.device = deviceOf(value)),
  };

  /** Set all options or, if one is wrong, none. @param {Options} values */
  set(values) {
    if (!values || typeof values !== "object") throw new TypeError("setOptions takes an object, such as {modelSelection: 1}");
    const given = Object.entries(values).filter(([name, value]) => value !== undefined && !IGNORED.includes(name));
    const before = { selfieMode: this.selfieMode, model: this.model, device: this.device };
    try {
      for (const [name, value] of given) {
        const setter = Object.hasOwn(this.#setters, name) ? this.#setters[name] : undefined;
        if (!setter) throw new TypeError(`SelfieSegmentation has no option "${name}".${didYouMean(name, Object.keys(this.#setters))}`);
        setter(value);
      }
    } catch (error) {
      Object.assign(this, before);
      throw error;
    }
  }
}

/** @param {string} name @param {unknown} value */
function boolean(name, value) {
  if (typeof value !== "boolean") throw new TypeError(`${name} is true or false, not ${shown(value)}`);
  return value;
}

/** @param {unknown} value @returns {Model} */
function modelOf(value) {
  if (typeof value !== "number") throw new TypeError(`modelSelection is 0 or 1, not ${shown(value)}`);
  const model = MODELS[value];
  if (!model) throw new RangeError(`modelSelection is 0 (general) or 1 (landscape), not ${value}`);
  return model;
}

/** @param {unknown} value @returns {Device} */
function deviceOf(value) {
  if (typeof value !== "string" || !DEVICES.includes(value)) {
    throw new TypeError(`device is one of "${DEVICES.join('", "')}", not ${shown(value)}`);
  }
  return /** @type {Device} */ (value);
}

/** @param {unknown} value */
function shown(value) {
  return typeof value === "string" ? `"${value}"` : String(value);
}
