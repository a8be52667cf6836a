/**
 * @typedef {import("./types.js").FireFn} FireFn
 * @typedef {import("./types.js").OptionMap} OptionMap
 * @typedef {import("./types.js").Control} Control
 */
/** A heading. @implements {Control} */
export class StaticText implements Control {
    /** @param {{title: string}} config */
    constructor(config: {
        title: string;
    });
    config: {
        title: string;
    };
    /** @param {FireFn} _fire @param {OptionMap} _options @param {HTMLElement} parent */
    create(_fire: FireFn, _options: OptionMap, parent: HTMLElement): void;
    update(): void;
}
/** A boolean option as a switch. @implements {Control} */
export class Toggle implements Control {
    /** @param {{title: string, field: string}} config */
    constructor(config: {
        title: string;
        field: string;
    });
    config: {
        title: string;
        field: string;
    };
    /** @param {FireFn} fire @param {OptionMap} options @param {HTMLElement} parent */
    create(fire: FireFn, options: OptionMap, parent: HTMLElement): void;
    update(): void;
    #private;
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
export class Slider implements Control {
    /** @param {SliderConfig} config */
    constructor(config: SliderConfig);
    config: SliderConfig;
    /** @param {FireFn} fire @param {OptionMap} options @param {HTMLElement} parent */
    create(fire: FireFn, options: OptionMap, parent: HTMLElement): void;
    update(): void;
    #private;
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
export class DropDownControl implements Control {
    /** @param {DropDownControlConfig} config */
    constructor(config: DropDownControlConfig);
    config: DropDownControlConfig;
    /** @param {FireFn} fire @param {OptionMap} options @param {HTMLElement} parent */
    create(fire: FireFn, options: OptionMap, parent: HTMLElement): void;
    update(): void;
    #private;
}
export type FireFn = import("./types.js").FireFn;
export type OptionMap = import("./types.js").OptionMap;
export type Control = import("./types.js").Control;
/**
 * A slider over a range, or over named steps.
 */
export type SliderConfig = {
    title: string;
    field: string;
    range?: [number, number] | undefined;
    /**
     * Any value within the range, unless given.
     */
    step?: number | undefined;
    /**
     * Names of the values 0, 1, 2 ... ; or of values by value.
     */
    discrete?: string[] | Record<string, string> | undefined;
};
export type DropDownControlOption = {
    name: string;
    value: string;
};
export type DropDownControlConfig = {
    title: string;
    field: string;
    options: ReadonlyArray<DropDownControlOption>;
    /**
     * Called after the panel's listener.
     */
    onselectionchanged?: ((option: DropDownControlOption) => void) | undefined;
};
