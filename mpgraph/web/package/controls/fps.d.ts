/** @typedef {import("./types.js").Control} Control */
/** Counts calls of `tick()`. @implements {Control} */
export class FPS implements Control {
    /** @param {import("./types.js").FireFn} _fire @param {import("./types.js").OptionMap} _options @param {HTMLElement} parent */
    create(_fire: import("./types.js").FireFn, _options: import("./types.js").OptionMap, parent: HTMLElement): void;
    update(): void;
    /** Call this once for each frame. */
    tick(): void;
    #private;
}
export type Control = import("./types.js").Control;
