/**
 * Wait until an image can be read: a video has its first frame, an image element is loaded.
 *
 * Rejects with an Error if that will never be, since it has no source, is broken or has no pixels.
 * @param {InputImage} image
 */
export function ready(image: InputImage): Promise<void>;
/** The images that can be sent, and waiting until they have pixels. */
/**
 * @typedef {HTMLVideoElement | HTMLImageElement | HTMLCanvasElement | OffscreenCanvas | ImageBitmap | ImageData |
 *   VideoFrame} InputImage
 */
/** The classes of images, by name: workers and older browsers lack some of them. */
export const SOURCES: string[];
export type InputImage = HTMLVideoElement | HTMLImageElement | HTMLCanvasElement | OffscreenCanvas | ImageBitmap | ImageData | VideoFrame;
