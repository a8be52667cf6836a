/** The panel: a stack of controls that change one map of options. */

import { element } from "./dom.js";

/** @typedef {import("./types.js").Control} Control */

export class ControlPanel {
  /** @type {Control[]} */
  #controls = [];
  /** @type {import("./types.js").ControlPanelListener | undefined} */
  #listener;

  /**
   * @param {HTMLElement} parent Receives the panel as a child.
   * @param {import("./types.js").OptionMap} options The initial values; controls change this very object.
   */
  constructor(parent, options) {
    this.options = options;
    this.panel = element("div", "control-panel");
    this.panel.setAttribute("role", "group");
    this.panel.setAttribute("aria-label", "Controls");
    const bars = [1, 2, 3].map(() => element("span", "hamburger-menu"));
    const expander = element("button", "control-panel-expander", bars);
    expander.type = "button";
    expander.setAttribute("aria-label", "Show or hide the controls");
    expander.setAttribute("aria-expanded", "true");
    const shell = element("div", "control-panel-shell control-panel-expanded", [this.panel, expander]);
    expander.onclick = () => {
      const expanded = shell.classList.toggle("control-panel-expanded");
      expander.setAttribute("aria-expanded", String(expanded));
      this.panel.inert = !expanded;
    };
    parent.append(shell);
  }

  /** Add controls below those that are there. @param {Control[]} controls */
  add(controls) {
    for (const control of controls) {
      this.#controls.push(control);
      control.create(() => this.#fire(), this.options, this.panel);
    }
    this.#fire();
    return this;
  }

  /**
   * Call a listener now and whenever a control has changed the options; there is one, the latest.
   * @param {import("./types.js").ControlPanelListener} listener
   */
  on(listener) {
    this.#listener = listener;
    this.#fire();
    return this;
  }

  #fire() {
    for (const control of this.#controls) control.update();
    this.#listener?.(this.options);
  }
}
