// ImageToTensorCalculator: images, or parts of them, as the input of models.

import { inOrder, rotation, scaling, shift, upsideDown } from "../device/affine.js";
import { sampleTensor } from "../device/images.js";

/** @typedef {import("../runtime/context.js").CalculatorContext} CalculatorContext */

/**
 * IMAGE or IMAGE_GPU: an image. NORM_RECT: the part to sample, {x_center, y_center, width, height, rotation} in 0..1.
 * TENSORS (a list of one) or TENSOR: (1, height, width, 3).
 *
 * As in Python, IMAGE is sampled corners to corners, IMAGE_GPU pixel centres to pixel centres, and counts as upside
 * down unless gpu_origin is TOP_LEFT.
 */
export class ImageToTensorCalculator {
  static timestampOffset = 0;

  /** @param {CalculatorContext} cc */
  process(cc) {
    const image = cc.image("IMAGE");
    if (!image) return;
    const isForGpu = cc.connected("IMAGE_GPU");
    const rect = cc.input("NORM_RECT");
    if (cc.connected("NORM_RECT") && (!rect || (!rect.width && !rect.height))) return;
    const { options } = cc;
    const { min: low = 0, max: high = 0 } = options.output_tensor_float_range ?? {};
    const width = options.output_tensor_width ?? image.width;
    const height = options.output_tensor_height ?? image.height;
    const { region, padding } = padded(regionOf(image, rect), options.keep_aspect_ratio ? height / width : null);
    cc.emit("LETTERBOX_PADDING", padding);
    let map = inOrder(
      scaling(1 / width, 1 / height),
      shift(-0.5, -0.5),
      scaling(region.width, region.height),
      rotation(region.rotation),
      shift(region.x, region.y),
    );
    if (!isForGpu) {
      // Corners to corners: pixel 0 shows the region's corner, where it would show the centre of its first pixel.
      map = inOrder(shift(-0.5, -0.5), map, shift(0.5, 0.5));
    } else if (options.gpu_origin !== "TOP_LEFT") {
      map = inOrder(map, upsideDown(image.height));
    }
    const zeroBorder = options.border_mode === "BORDER_ZERO";
    const tensor = sampleTensor(image, width, height, map, { channels: 3, low, high, zeroBorder });
    tensor.isForGpu = isForGpu;
    if (cc.output("TENSORS")) cc.emit("TENSORS", [tensor]);
    else cc.emit("TENSOR", tensor);
  }
}

/**
 * @typedef {{x: number, y: number, width: number, height: number, rotation: number}} Region In pixels, about its centre.
 */

/** @param {{width: number, height: number}} image @param {any} rect @returns {Region} */
function regionOf({ width, height }, rect) {
  if (!rect) return { x: width / 2, y: height / 2, width, height, rotation: 0 };
  return {
    x: rect.x_center * width,
    y: rect.y_center * height,
    width: rect.width * width,
    height: rect.height * height,
    rotation: rect.rotation ?? 0,
  };
}

/**
 * The region enlarged to the aspect ratio of the tensor, and the border at left, top, right and bottom as fractions.
 * @param {Region} region
 * @param {number | null} target Height by width; null to leave the region as it is.
 */
function padded(region, target) {
  if (target === null) return { region, padding: [0, 0, 0, 0] };
  const ratio = region.height / region.width;
  if (target > ratio) {
    const border = (1 - ratio / target) / 2;
    return { region: { ...region, height: region.width * target }, padding: [0, border, 0, border] };
  }
  const border = (1 - target / ratio) / 2;
  return { region: { ...region, width: region.height / target }, padding: [border, 0, border, 0] };
}
