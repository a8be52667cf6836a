// Pixels of a page's images as bytes.

import { GraphError } from "../runtime/errors.js";

/** @typedef {{canvas: OffscreenCanvas, context: OffscreenCanvasRenderingContext2D}} Canvas */

/** Reading and writing, since what suits one makes the other slow. @type {Map<boolean, Canvas>} */
const canvases = new Map();

/**
 * A canvas of a size. Its content is undefined.
 * @param {number} width
 * @param {number} height
 * @returns {Canvas}
 */
export function canvasOf(width, height, willReadFrequently = false) {
  let found = canvases.get(willReadFrequently);
  if (!found) {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d", { willReadFrequently });
    if (!context) throw new GraphError("This browser gives no 2D canvas to read and show images with.");
    found = { canvas, context };
    canvases.set(willReadFrequently, found);
  }
  const { canvas } = found;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  return found;
}

/**
 * The RGBA bytes of an image, not multiplied by alpha.
 * @param {import("./device.js").Source} source
 * @param {number} width
 * @param {number} height
 */
export function canvasPixels(source, width, height) {
  if (source instanceof ImageData) return source.data;
  const { context } = canvasOf(width, height, true);
  context.globalCompositeOperation = "copy";
  context.drawImage(source, 0, 0, width, height);
  return context.getImageData(0, 0, width, height).data;
}

/** Divide the colours by alpha, in place. @param {Uint8ClampedArray} pixels */
export function opened(pixels) {
  for (let i = 0; i < pixels.length; i += 4) {
    const alpha = pixels[i + 3];
    if (alpha === 255 || alpha === 0) continue;
    for (let c = i; c < i + 3; c++) pixels[c] = Math.round((pixels[c] * 255) / alpha);
  }
}
