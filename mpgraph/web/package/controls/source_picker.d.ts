/** @implements {Control} */
export class SourcePicker implements Control {
    /** @param {SourcePickerConfig} config */
    constructor(config: SourcePickerConfig);
    config: {
        /**
         * Cameras and videos; true unless given.
         */
        allowVideo: boolean;
        /**
         * Images; true unless given.
         */
        allowImage: boolean;
        cameraOptions?: {
            facingMode?: "user" | "environment";
            width?: number;
            height?: number;
        } | undefined;
        /**
         * Called for each frame of
         * a camera or video, and for an image when it is loaded and whenever options have changed.
         */
        onFrame?: ((image: InputImage, size: Rectangle) => Promise<void> | void | null) | undefined;
        onVideoElementCreated?: ((video: HTMLVideoElement) => Promise<void> | void) | undefined;
        /**
         * Called before its first frame,
         * with the id of a camera or the address of a file.
         */
        onSourceChanged?: ((name: string, type: SourceType) => Promise<void> | void) | undefined;
        examples?: {
            videos?: NamedSource[];
            images?: NamedSource[];
        } | undefined;
        /**
         * Receives failures, which the panel shows in any case. Not in the
         * original.
         */
        onError?: ((error: unknown) => void) | undefined;
    };
    cameraOptions: {
        facingMode: "user" | "environment";
        width: number;
        height: number;
    };
    /** @param {FireFn} _fire @param {OptionMap} _options @param {HTMLElement} parent */
    create(_fire: FireFn, _options: OptionMap, parent: HTMLElement): void;
    /** An image is sent again, since the options may have changed. */
    update(): void;
    /**
     * Crop the camera to a ratio of width to height, now and after each change of the camera, where it can do so.
     * @param {number} aspectRatio 0 for the camera's own.
     */
    setVideoCameraAspectRatio(aspectRatio: number): void;
    #private;
}
export type Control = import("./types.js").Control;
export type FireFn = import("./types.js").FireFn;
export type InputImage = import("./types.js").InputImage;
export type OptionMap = import("./types.js").OptionMap;
export type Rectangle = import("./types.js").Rectangle;
export type NamedSource = {
    name: string;
    src: string;
};
export type SourceType = "image" | "video" | "webcam";
export type SourcePickerConfig = {
    /**
     * Cameras and videos; true unless given.
     */
    allowVideo?: boolean | undefined;
    /**
     * Images; true unless given.
     */
    allowImage?: boolean | undefined;
    cameraOptions?: {
        facingMode?: "user" | "environment";
        width?: number;
        height?: number;
    } | undefined;
    /**
     * Called for each frame of
     * a camera or video, and for an image when it is loaded and whenever options have changed.
     */
    onFrame?: ((image: InputImage, size: Rectangle) => Promise<void> | void | null) | undefined;
    onVideoElementCreated?: ((video: HTMLVideoElement) => Promise<void> | void) | undefined;
    /**
     * Called before its first frame,
     * with the id of a camera or the address of a file.
     */
    onSourceChanged?: ((name: string, type: SourceType) => Promise<void> | void) | undefined;
    examples?: {
        videos?: NamedSource[];
        images?: NamedSource[];
    } | undefined;
    /**
     * Receives failures, which the panel shows in any case. Not in the
     * original.
     */
    onError?: ((error: unknown) => void) | undefined;
};
/**
 * id: of a camera, or the address of a file.
 */
export type Source = {
    name: string;
    type: SourceType;
    id: string;
};
