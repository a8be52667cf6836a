// Images of a page as values that a graph, perhaps in a worker, can take over.

import { GraphError } from "./errors.js";

/** @param {string} name @param {unknown} value Whether it is one of the platform's classes, which node lacks. */
const is = (name, value) => {
  const type = /** @type {any} */ (globalThis)[name];
  return typeof type === "function" && value instanceof type;
};

/** The classes that a graph takes for an image as they are. @param {unknown} value @returns {value is import("../device/device.js").Source} */
export const isSource = (value) =>
  ["ImageBitmap", "VideoFrame", "ImageData", "OffscreenCanvas"].some((name) => is(name, value));

/**
 * A value that the graph may keep: an image that belongs to it, and anything else as it is.
 * @param {unknown} value
 * @param {boolean} transfer Whether the caller gives the image away.
 * @returns {Promise<{value: unknown, transfer: Transferable[]}>}
 */
export async function takeOver(value, transfer) {
  if (is("HTMLVideoElement", value)) return given(await ofVideo(/** @type {HTMLVideoElement} */ (value)));
  if (is("HTMLImageElement", value)) return given(await ofImage(/** @type {HTMLImageElement} */ (value)));
  if (is("ImageData", value)) return { value, transfer: [] };
  if (is("HTMLCanvasElement", value) || is("OffscreenCanvas", value)) {
    return given(await createImageBitmap(/** @type {HTMLCanvasElement} */ (value)));
  }
  if (is("VideoFrame", value)) {
    const frame = /** @type {VideoFrame} */ (value);
    return given(transfer ? frame : frame.clone());
  }
  if (is("ImageBitmap", value)) {
    const bitmap = /** @type {ImageBitmap} */ (value);
    return given(transfer ? bitmap : await createImageBitmap(bitmap));
  }
  return { value, transfer: [] };
}

/** @param {ImageBitmap | VideoFrame} value */
const given = (value) => ({ value, transfer: [value] });

/** @param {HTMLVideoElement} video */
async function ofVideo(video) {
  if (video.readyState < 2 || !video.videoWidth) {
    throw new GraphError('The video has no frame yet; wait for its event "loadeddata".');
  }
  return createImageBitmap(video);
}

/** @param {HTMLImageElement} image */
async function ofImage(image) {
  await image.decode();
  if (!image.naturalWidth) throw new GraphError(`The image ${image.currentSrc || image.src} has no pixels.`);
  return createImageBitmap(image);
}

/** The size of an image. @param {import("../device/device.js").Source} source @returns {[number, number]} */
export const sizeOf = (source) =>
  is("VideoFrame", source)
    ? [/** @type {VideoFrame} */ (source).displayWidth, /** @type {VideoFrame} */ (source).displayHeight]
    : [/** @type {ImageBitmap} */ (source).width, /** @type {ImageBitmap} */ (source).height];

/** Free an image that belongs to the graph. @param {any} source */
export const closeSource = (source) => source?.close?.();
