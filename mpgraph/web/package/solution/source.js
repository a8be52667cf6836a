/** The images that can be sent, and waiting until they have pixels. */

/**
 * @typedef {HTMLVideoElement | HTMLImageElement | HTMLCanvasElement | OffscreenCanvas | ImageBitmap | ImageData |
 *   VideoFrame} InputImage
 */

/** The classes of images, by name: workers and older browsers lack some of them. */
export const SOURCES = [
  "HTMLVideoElement",
  "HTMLImageElement",
  "HTMLCanvasElement",
  "OffscreenCanvas",
  "ImageBitmap",
  "ImageData",
  "VideoFrame",
];

/**
 * Wait until an image can be read: a video has its first frame, an image element is loaded.
 *
 * Rejects with an Error if that will never be, since it has no source, is broken or has no pixels.
 * @param {InputImage} image
 */
export async function ready(image) {
  const name = image.constructor.name;
  if (name === "HTMLVideoElement") await firstFrame(/** @type {HTMLVideoElement} */ (image));
  else if (name === "HTMLImageElement") await loaded(/** @type {HTMLImageElement} */ (image));
  else if ("width" in image && (image.width === 0 || image.height === 0)) {
    const why = name === "ImageBitmap" ? "it is closed" : `it is ${image.width}x${image.height}`;
    throw new Error(`The ${name} has no pixels: ${why}.`);
  }
}

/** @param {HTMLVideoElement} video */
async function firstFrame(video) {
  if (video.error) throw new Error(`The video cannot be played: ${video.error.message || `code ${video.error.code}`}.`);
  if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) return;
  if (!video.srcObject && !video.src && !video.currentSrc && !video.querySelector("source")) {
    throw new Error("The video has no frame and no source: set its src or srcObject, or start a Camera, before send.");
  }
  await new Promise((resolve, reject) => {
    const stop = new AbortController();
    const on = (/** @type {string} */ event, /** @type {() => void} */ then) =>
      video.addEventListener(
        event,
        () => {
          stop.abort();
          then();
        },
        { signal: stop.signal },
      );
    on("loadeddata", () => resolve(undefined));
    on("error", () => reject(new Error(`The video cannot be played: ${video.error?.message ?? "unknown reason"}.`)));
    on("emptied", () => reject(new Error("The video lost its source before its first frame.")));
  });
}

/** @param {HTMLImageElement} image */
async function loaded(image) {
  if (!image.currentSrc && !image.src) throw new Error("The image has no source: set its src before send.");
  try {
    await image.decode();
  } catch {
    throw new Error(`The image ${shortened(image.currentSrc || image.src)} cannot be loaded.`);
  }
}

/** @param {string} url */
function shortened(url) {
  return url.length > 100 ? `${url.slice(0, 100)}...` : url;
}
