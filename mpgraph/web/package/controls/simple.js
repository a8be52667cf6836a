/** The controls for one value: a title, a switch, a slider, a list of choices. */

import { element, uniqueId } from "./dom.js";

/**
 * @typedef {import("./types.js").FireFn} FireFn
 * @typedef {import("./types.js").OptionMap} OptionMap
 * @typedef {import("./types.js").Control} Control
 */

/** A heading. @implements {Control} */
export class StaticText {
  /** @param {{title: string}} config */
  constructor(config) {
    this.config = config;
  }

  /** @param {FireFn} _fire @param {OptionMap} _options @param {HTMLElement} parent */
  create(_fire, _options, parent) {
    parent.append(element("div", "control-panel-entry control-panel-text", [this.config.title]));
  }

  update() {}
}

/** A boolean option as a switch. @implements {Control} */
export class Toggle {
  #value = element("span", "value");
  #button = element("button", "control-panel-entry control-panel-toggle");
  /** @type {OptionMap} */
  #options = {};

  /** @param {{title: string, field: string}} config */
  constructor(config) {
    this.config = config;
  }

  /** @param {FireFn} fire @param {OptionMap} options @param {HTMLElement} parent */
  create(fire, options, parent) {
    this.#options = options;
    this.#button.type = "button";
    this.#button.setAttribute("role", "switch");
    this.#value.setAttribute("aria-hidden", "true");
    this.#button.append(element("span", "label", [this.config.title]), this.#value);
    this.#button.onclick = () => {
      options[this.config.field] = !options[this.config.field];
      fire();
    };
    parent.append(this.#button);
  }

  update() {
    const on = Boolean(this.#options[this.config.field]);
    this.#value.textContent = on ? "Yes" : "No";
    this.#button.classList.toggle("yes", on);
    this.#button.classList.toggle("no", !on);
    this.#button.setAttribute("aria-checked", String(on));
  }
}

/**
 * A slider over a range, or over named steps.
 * @typedef {object} SliderConfig
 * @property {string} title
 * @property {string} field
 * @property {[number, number]} [range]
 * @property {number} [step] Any value within the range, unless given.
 * @property {string[] | Record<string, string>} [discrete] Names of the values 0, 1, 2 ... ; or of values by value.
 */

/** A number, or one of a few names, as a slider. @implements {Control} */
export class Slider {
  #input = element("input", "value");
  #callout = element("output", "callout");
  /** @type {OptionMap} */
  #options = {};

  /** @param {SliderConfig} config */
  constructor(config) {
    if (!config.range && !config.discrete) {
      throw new TypeError(`Slider "${config.title}" needs a range, such as [0, 1], or discrete values.`);
    }
    this.config = config;
  }

  /** @param {FireFn} fire @param {OptionMap} options @param {HTMLElement} parent */
  create(fire, options, parent) {
    this.#options = options;
    const { title, field, range, step, discrete } = this.config;
    const input = this.#input;
    input.type = "range";
    input.id = uniqueId("slider");
    input.min = String(range ? range[0] : 0);
    input.max = String(range ? range[1] : Object.keys(discrete ?? {}).length - 1);
    input.step = range ? String(step ?? "any") : "1";
    input.oninput = () => this.#name(Number(input.value));
    input.onchange = () => {
      options[field] = this.#valueAt(Number(input.value));
      fire();
    };
    const label = element("label", "label", [title]);
    label.htmlFor = this.#callout.htmlFor.value = input.id;
    parent.append(element("div", "control-panel-entry control-panel-slider", [label, this.#callout, input]));
  }

  update() {
    const value = this.#options[this.config.field];
    const { discrete } = this.config;
    const position = discrete && !Array.isArray(discrete) ? Object.keys(discrete).indexOf(value) : Number(value);
    this.#input.value = String(position);
    this.#name(position);
  }

  /** @param {number} position */
  #valueAt(position) {
    const { discrete } = this.config;
    return discrete && !Array.isArray(discrete) ? Object.keys(discrete)[position] : position;
  }

  /** @param {number} position */
  #name(position) {
    const { discrete } = this.config;
    const name = String(discrete ? (Object.values(discrete)[position] ?? "") : position);
    this.#callout.textContent = name;
    this.#input.setAttribute("aria-valuetext", name);
  }
}

/**
 * @typedef {{name: string, value: string}} DropDownControlOption
 *
 * @typedef {object} DropDownControlConfig
 * @property {string} title
 * @property {string} field
 * @property {ReadonlyArray<DropDownControlOption>} options
 * @property {(option: DropDownControlOption) => void} [onselectionchanged] Called after the panel's listener.
 */

/** One of a list of values. @implements {Control} */
export class DropDownControl {
  #select = element("select", "dropdown");
  /** @type {OptionMap} */
  #options = {};

  /** @param {DropDownControlConfig} config */
  constructor(config) {
    this.config = config;
  }

  /** @param {FireFn} fire @param {OptionMap} options @param {HTMLElement} parent */
  create(fire, options, parent) {
    this.#options = options;
    const { title, field, options: choices, onselectionchanged } = this.config;
    const select = this.#select;
    select.id = uniqueId("dropdown");
    select.append(...choices.map(({ name, value }) => new Option(name, value)));
    if (choices.length > 0) options[field] ||= choices[0].value;
    select.onchange = () => {
      options[field] = select.value;
      fire();
      onselectionchanged?.(choices[select.selectedIndex]);
    };
    const label = element("label", "label", [title]);
    label.htmlFor = select.id;
    const wrapper = element("div", "dropdown-wrapper", [select]);
    parent.append(element("div", "control-panel-entry control-panel-dropdown", [label, wrapper]));
  }

  update() {
    this.#select.value = String(this.#options[this.config.field] ?? "");
  }
}
