// GlScalerCalculator: scales, rotates and mirrors images on the GPU.

import { BILINEAR, NEAREST, warp } from "../device/images.js";
import { isIdentity, swapsSides, toSource } from "../device/orientation.js";
import { GraphError } from "../runtime/errors.js";
import { retain } from "../runtime/lifetime.js";

/** @typedef {import("../runtime/context.js").CalculatorContext} CalculatorContext */

/**
 * VIDEO, IMAGE or the untagged input: an image, and the output of the same tag. ROTATION (degrees, counter-clockwise) and
 * OUTPUT_DIMENSIONS: streams or side packets that replace the options. TOP_BOTTOM_PADDING, LEFT_RIGHT_PADDING: the
 * transparent border that FIT leaves on each side, as fractions.
 */
export class GlScalerCalculator {
  static timestampOffset = 0;

  #size = [0, 0];
  #degrees = 0;

  /** @param {CalculatorContext} cc */
  open(cc) {
    const { output_width: width = 0, output_height: height = 0, rotation = 0 } = cc.options;
    this.#size = cc.sideInput("OUTPUT_DIMENSIONS") ?? [width, height];
    this.#degrees = quarterTurns(cc.sideInput("ROTATION") ?? rotation);
  }

  /** @param {CalculatorContext} cc */
  process(cc) {
    const image = cc.input("IMAGE") ?? cc.input("VIDEO") ?? cc.input("");
    if (cc.node.inputs.some((port) => port.tag === "OUTPUT_DIMENSIONS")) {
      const size = cc.input("OUTPUT_DIMENSIONS");
      if (!size) return;
      this.#size = size;
    }
    if (!image) throw new GraphError("There is no image at this timestamp.");
    const rotation = cc.input("ROTATION");
    if (rotation !== undefined) this.#degrees = quarterTurns(rotation);
    const { options } = cc;
    const [width, height] = this.#outputSize(image, options.output_scale);
    const mode = options.scale_mode === "FIT" || options.scale_mode === "FILL_AND_CROP" ? options.scale_mode : "STRETCH";
    const [topBottom, leftRight] = mode === "FIT" ? this.#padding(image, width, height) : [0, 0];
    cc.emit("TOP_BOTTOM_PADDING", topBottom);
    cc.emit("LEFT_RIGHT_PADDING", leftRight);
    const map = toSource(image, width, height, {
      degrees: this.#degrees,
      mirrored: options.flip_horizontal ?? false,
      upsideDown: options.flip_vertical ?? false,
      mode,
    });
    const tag = ["IMAGE", "VIDEO"].find((each) => cc.output(each)) ?? "";
    const isUnchanged = isIdentity(map) && image.width === width && image.height === height;
    const method = options.use_nearest_neighbor_interpolation ? NEAREST : BILINEAR;
    const border = mode === "FIT" ? [0, 0, 0, 0] : null;
    cc.emit(tag, isUnchanged ? retain(image) : warp(image, width, height, map, { method, border }));
  }

  /** @param {{width: number, height: number}} image @param {number | undefined} scale */
  #outputSize({ width, height }, scale = 0) {
    if (this.#size[0] > 0 && this.#size[1] > 0) return this.#size;
    // Rounded to multiples of 4, which only an output_scale that is given asks for.
    const [w, h] = scale > 0 ? [width, height].map((side) => ((Math.trunc(side * scale) + 2) >> 2) << 2) : [width, height];
    return swapsSides(this.#degrees) ? [h, w] : [w, h];
  }

  /** @param {{width: number, height: number}} image @param {number} width @param {number} height */
  #padding(image, width, height) {
    const [across, down] = swapsSides(this.#degrees) ? [image.height, image.width] : [image.width, image.height];
    const [inner, outer] = [across / down, width / height];
    if (inner - outer > 1e-5) return [(1 - outer / inner) / 2, 0];
    return outer - inner > 1e-5 ? [0, (1 - inner / outer) / 2] : [0, 0];
  }
}

/** @param {number} degrees */
function quarterTurns(degrees) {
  if (degrees % 90) throw new GraphError(`rotation must be a multiple of 90; ${degrees} was provided.`);
  return ((degrees % 360) + 360) % 360;
}
