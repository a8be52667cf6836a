/**
 * @typedef {object} CameraOptions
 * @property {(() => Promise<void> | void | null) | null} [onFrame] Called for each new frame, again only when its
 *   promise is settled: frames in between are dropped.
 * @property {"user" | "environment"} [facingMode] The camera towards the user ("user"), or away from them.
 * @property {number} [width] In pixels, as near as the camera can; 640 unless given.
 * @property {number} [height] In pixels; 480 unless given.
 * @property {"none" | "crop-and-scale"} [resizeMode] Whether the browser may crop and scale images to the size; by
 *   default it may. Not in the original.
 * @property {string} [deviceId] A particular camera, of `navigator.mediaDevices.enumerateDevices()`. Not in the
 *   original.
 * @property {(error: unknown) => void} [onError] Receives what `onFrame` throws, and ends of the camera's stream that
 *   nobody asked for. Without it, they are errors of the page ("error" events). Not in the original.
 */
/** @typedef {{start(): Promise<void>, stop(): Promise<void>}} CameraInterface */
/** @implements {CameraInterface} */
export class Camera implements CameraInterface {
    /**
     * @param {HTMLVideoElement} video Shows the camera's stream.
     * @param {CameraOptions} options
     */
    constructor(video: HTMLVideoElement, options: CameraOptions);
    video: HTMLVideoElement;
    /** @type {CameraOptions} */
    options: CameraOptions;
    /**
     * Ask for the camera and begin to call `onFrame`. Resolves when the first frame can be shown.
     *
     * Rejects with the browser's DOMException: NotAllowedError if the user refuses, NotFoundError without a camera,
     * NotReadableError if another program has it; with an Error where pages may not use cameras at all.
     */
    start(): Promise<void>;
    /** Stop calling `onFrame`, release the camera (its light goes off) and the video element. */
    stop(): Promise<void>;
    #private;
}
export type CameraOptions = {
    /**
     * Called for each new frame, again only when its
     * promise is settled: frames in between are dropped.
     */
    onFrame?: (() => Promise<void> | void | null) | null | undefined;
    /**
     * The camera towards the user ("user"), or away from them.
     */
    facingMode?: "environment" | "user" | undefined;
    /**
     * In pixels, as near as the camera can; 640 unless given.
     */
    width?: number | undefined;
    /**
     * In pixels; 480 unless given.
     */
    height?: number | undefined;
    /**
     * Whether the browser may crop and scale images to the size; by
     * default it may. Not in the original.
     */
    resizeMode?: "none" | "crop-and-scale" | undefined;
    /**
     * A particular camera, of `navigator.mediaDevices.enumerateDevices()`. Not in the
     * original.
     */
    deviceId?: string | undefined;
    /**
     * Receives what `onFrame` throws, and ends of the camera's stream that
     * nobody asked for. Without it, they are errors of the page ("error" events). Not in the original.
     */
    onError?: ((error: unknown) => void) | undefined;
};
export type CameraInterface = {
    start(): Promise<void>;
    stop(): Promise<void>;
};
