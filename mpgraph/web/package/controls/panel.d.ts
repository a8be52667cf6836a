/** @typedef {import("./types.js").Control} Control */
export class ControlPanel {
    /**
     * @param {HTMLElement} parent Receives the panel as a child.
     * @param {import("./types.js").OptionMap} options The initial values; controls change this very object.
     */
    constructor(parent: HTMLElement, options: import("./types.js").OptionMap);
    options: import("./types.js").OptionMap;
    panel: HTMLDivElement;
    /** Add controls below those that are there. @param {Control[]} controls */
    add(controls: Control[]): this;
    /**
     * Call a listener now and whenever a control has changed the options; there is one, the latest.
     * @param {import("./types.js").ControlPanelListener} listener
     */
    on(listener: import("./types.js").ControlPanelListener): this;
    #private;
}
export type Control = import("./types.js").Control;
