/** An SVG as PNG, drawn by the browser. */

const SCALE = 2;
// What all browsers can draw on one canvas.
const MAX_SIDE = 16_384;
const MAX_PIXELS = 120_000_000;

/**
 * @param {string} svg @param {number} width @param {number} height Of the SVG.
 * @returns {Promise<Blob | null>} null if the browser cannot draw it.
 */
export async function rasterized(svg, width, height) {
  const scale = Math.min(SCALE, MAX_SIDE / width, MAX_SIDE / height, Math.sqrt(MAX_PIXELS / (width * height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.floor(width * scale);
  canvas.height = Math.floor(height * scale);
  const image = new Image();
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    image.src = address;
    await image.decode();
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(address);
  }
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
