/** The version of this package. */
export const VERSION: "0.2.0";
export class SelfieSegmentation {
    /** @param {SelfieSegmentationConfig} [config] */
    constructor(config?: SelfieSegmentationConfig);
    /**
     * Change options; they apply from the next `send`. Options that are not given stay as they are.
     *
     * Throws a TypeError for an unknown option or a value of the wrong type, a RangeError for a model that does not exist.
     * @param {Options} options
     */
    setOptions(options: Options): void;
    /**
     * Call `listener` with the results of each `send`, which waits for its promise; there is one listener, the latest.
     * @param {ResultsListener} listener
     */
    onResults(listener: ResultsListener): void;
    /**
     * Load the model now rather than with the first frame.
     *
     * Rejects with an Error that names the address of a file that cannot be loaded; may be tried again.
     */
    initialize(): Promise<void>;
    /**
     * Process one frame. Resolves when the listener has dealt with its results; frames are processed in the order in
     * which they were sent. A video that has no frame yet is waited for.
     *
     * Rejects with a TypeError for something that is not an image, and with whatever the listener throws; the next frame
     * is processed all the same.
     * @param {InputMap} inputs
     */
    send(inputs: InputMap): Promise<void>;
    /** Forget what was learned from earlier frames, as at the beginning of another video. */
    reset(): void;
    /** Free the model and the device. The frame that is being processed is waited for; closing twice is harmless. */
    close(): Promise<void>;
    /** Where the model runs, once it is loaded: "webgpu" or "wasm". @returns {Promise<"webgpu" | "wasm">} */
    device(): Promise<"webgpu" | "wasm">;
    #private;
}
export type InputImage = import("./solution/source.js").InputImage;
export type InputMap = {
    /**
     * A video, image or canvas element, OffscreenCanvas, ImageBitmap, ImageData, VideoFrame.
     */
    image: InputImage;
};
/**
 * What a frame has become. Both images have the size of the input.
 */
export type Results = {
    /**
     * The input, mirrored in selfie mode.
     */
    image: ImageBitmap;
    /**
     * Alpha is how much of a person each pixel is; red is 255.
     */
    segmentationMask: ImageBitmap;
    /**
     * Frees both images at once, rather than when memory is tidied up. Not in the original.
     */
    close: () => void;
};
export type ResultsListener = (results: Results) => Promise<void> | void;
export type SelfieSegmentationConfig = {
    /**
     * The address of a file of this package, by its
     * name. Needed only where the files are not beside this module.
     */
    locateFile?: ((path: string, prefix?: string) => string) | undefined;
};
export type Options = import("./solution/options.js").Options;
