/** The dock below the panes: a tab for each panel; a click on the open tab closes it. */

import { el } from "./dom.js";

/** @typedef {import("./app.js").Panel} Panel */
/** @typedef {import("./app.js").PanelHandle} PanelHandle */

export class Dock {
  /** @param {HTMLElement} strip @param {HTMLElement} body */
  constructor(strip, body) {
    this.strip = strip;
    this.body = body;
    /** @type {Map<Panel, HTMLButtonElement>} */
    this.buttons = new Map();
    /** @type {Panel | null} */
    this.current = null;
    this.changed = (/** @type {boolean} */ _open) => {};
    strip.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const all = [...this.buttons.values()].filter((button) => !button.hidden);
      const at = all.findIndex((button) => button === document.activeElement);
      all[(at + step + all.length) % all.length]?.focus();
    });
  }

  /** @param {Panel} panel @returns {PanelHandle} */
  register(panel) {
    const badge = el("span", { class: "count", hidden: true });
    const toggle = () => this.open(this.current === panel ? null : panel);
    const button = el("button", { role: "tab", id: `tab-${panel.id}`, "aria-selected": "false", click: toggle }, panel.title, badge);
    panel.element.setAttribute("role", "tabpanel");
    panel.element.setAttribute("aria-labelledby", button.id);
    this.buttons.set(panel, button);
    this.strip.append(button);
    const dock = this;
    return {
      badge(text) {
        badge.textContent = text;
        badge.hidden = text === "";
      },
      show: () => this.open(panel),
      hide: () => {
        if (this.current === panel) this.open(null);
      },
      get open() {
        return dock.current === panel;
      },
    };
  }

  /** @param {Panel | null} panel */
  open(panel) {
    this.current = panel;
    for (const [each, button] of this.buttons) button.setAttribute("aria-selected", String(each === panel));
    this.body.hidden = panel === null;
    this.body.replaceChildren(...(panel ? [panel.element] : []));
    this.changed(panel !== null);
    panel?.onshow?.();
  }

  /** @param {string} id */
  openById(id) {
    this.open([...this.buttons.keys()].find((panel) => panel.id === id) ?? null);
  }
}
