/**
 * The options that controls change, by field.
 */
export type OptionMap = Record<string, any>;
/**
 * Types of the controls; the names are those of `@mediapipe/control_utils`.
 */
export type InputImage = HTMLVideoElement | HTMLImageElement | HTMLCanvasElement;
/**
 * In pixels.
 */
export type Rectangle = {
    width: number;
    height: number;
};
/**
 * Types of the controls; the names are those of `@mediapipe/control_utils`.
 */
export type ControlPanelListener = (options: OptionMap) => void;
/**
 * Notifies the panel that a control has changed the options.
 */
export type FireFn = () => void;
/**
 * Types of the controls; the names are those of `@mediapipe/control_utils`.
 */
export type Control = {
    /**
     * Adds the control to the panel.
     */
    create: (fire: FireFn, options: OptionMap, parent: HTMLElement) => void;
    /**
     * Shows the value that the options have now.
     */
    update: () => void;
};
