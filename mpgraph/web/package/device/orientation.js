// Images scaled, rotated and mirrored into an output: ImageTransformationCalculator and GlScalerCalculator.

import { inOrder, rotation, scaling, shift } from "./affine.js";

/**
 * @typedef {object} Orientation
 * @property {number} degrees Counter-clockwise: 0, 90, 180 or 270.
 * @property {boolean} mirrored
 * @property {boolean} upsideDown
 * @property {"STRETCH" | "FIT" | "FILL_AND_CROP"} mode
 */

/** Whether a rotation exchanges width and height. @param {number} degrees */
export const swapsSides = (degrees) => degrees === 90 || degrees === 270;

/**
 * The map from positions in the output back to the image, about the centres of both.
 * @param {{width: number, height: number}} image
 * @param {number} width Of the output.
 * @param {number} height
 * @param {Orientation} orientation
 */
export function toSource(image, width, height, { degrees, mirrored, upsideDown, mode }) {
  // Before the rotation, the output has the orientation of the image.
  const [across, down] = swapsSides(degrees) ? [height, width] : [width, height];
  let [x, y] = [image.width / across, image.height / down];
  if (mode === "FIT") x = y = Math.max(x, y);
  else if (mode === "FILL_AND_CROP") x = y = Math.min(x, y);
  return inOrder(
    shift(-width / 2, -height / 2),
    scaling(mirrored ? -1 : 1, upsideDown ? -1 : 1),
    rotation((degrees * Math.PI) / 180),
    scaling(x, y),
    shift(image.width / 2, image.height / 2),
  );
}

/** Whether a map changes nothing. @param {import("./affine.js").Affine} map */
export const isIdentity = (map) => map.every((value, i) => value === [1, 0, 0, 0, 1, 0][i]);
