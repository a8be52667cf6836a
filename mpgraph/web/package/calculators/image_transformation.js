// ImageTransformationCalculator: scales, rotates and mirrors images.

import { BILINEAR, NEAREST, warp } from "../device/images.js";
import { isIdentity, swapsSides, toSource } from "../device/orientation.js";
import { retain } from "../runtime/lifetime.js";

/** @typedef {import("../runtime/context.js").CalculatorContext} CalculatorContext */

/** @type {Record<string, number>} */
const DEGREES = { ROTATION_90: 90, ROTATION_180: 180, ROTATION_270: 270 };

/**
 * IMAGE or IMAGE_GPU: an image, which is scaled, then rotated counter-clockwise, then mirrored; as Python does it on
 * the GPU. OUTPUT_DIMENSIONS, ROTATION_DEGREES, FLIP_HORIZONTALLY, FLIP_VERTICALLY: streams or side packets that replace the
 * options and keep their last value; where OUTPUT_DIMENSIONS has no packet, nothing is sent. LETTERBOX_PADDING: the
 * border that FIT leaves at left, top, right and bottom, as fractions.
 */
export class ImageTransformationCalculator {
  static timestampOffset = 0;

  #size = [0, 0];
  #degrees = 0;
  #mirrored = false;
  #upsideDown = false;

  /** @param {CalculatorContext} cc */
  open(cc) {
    const { options } = cc;
    this.#size = cc.sideInput("OUTPUT_DIMENSIONS") ?? [options.output_width ?? 0, options.output_height ?? 0];
    this.#degrees = known(cc.sideInput("ROTATION_DEGREES") ?? DEGREES[options.rotation_mode]);
    this.#mirrored = cc.sideInput("FLIP_HORIZONTALLY") ?? options.flip_horizontally ?? false;
    this.#upsideDown = cc.sideInput("FLIP_VERTICALLY") ?? options.flip_vertically ?? false;
  }

  /** @param {CalculatorContext} cc */
  process(cc) {
    const degrees = cc.input("ROTATION_DEGREES");
    if (degrees !== undefined) this.#degrees = known(degrees);
    this.#mirrored = cc.input("FLIP_HORIZONTALLY") ?? this.#mirrored;
    this.#upsideDown = cc.input("FLIP_VERTICALLY") ?? this.#upsideDown;
    if (isStream(cc, "OUTPUT_DIMENSIONS")) {
      const size = cc.input("OUTPUT_DIMENSIONS");
      if (!size) return;
      this.#size = size;
    }
    const image = cc.image("IMAGE");
    if (!image) return;
    const [width, height] = this.#outputSize(image);
    const mode = cc.options.scale_mode === "FIT" || cc.options.scale_mode === "FILL_AND_CROP" ? cc.options.scale_mode : "STRETCH";
    cc.emit("LETTERBOX_PADDING", mode === "FIT" ? this.#letterbox(image, width, height) : [0, 0, 0, 0]);
    const orientation = { degrees: this.#degrees, mirrored: this.#mirrored, upsideDown: this.#upsideDown, mode };
    const map = toSource(image, width, height, orientation);
    if (isIdentity(map) && image.width === width && image.height === height) {
      cc.emitImage("IMAGE", retain(image));
      return;
    }
    const { red = 0, green = 0, blue = 0 } = cc.options.padding_color ?? {};
    const hasBorder = mode === "FIT" && (cc.options.constant_padding ?? true);
    const border = hasBorder ? [red / 255, green / 255, blue / 255, 1] : null;
    const method = cc.options.interpolation_mode === "NEAREST" ? NEAREST : BILINEAR;
    cc.emitImage("IMAGE", warp(image, width, height, map, { method, border }));
  }

  /** @param {{width: number, height: number}} image */
  #outputSize({ width, height }) {
    if (this.#size[0] > 0 && this.#size[1] > 0) return this.#size;
    return swapsSides(this.#degrees) ? [height, width] : [width, height];
  }

  /** @param {{width: number, height: number}} image @param {number} width @param {number} height */
  #letterbox(image, width, height) {
    const [across, down] = swapsSides(this.#degrees) ? [image.height, image.width] : [image.width, image.height];
    const inner = across / down;
    const outer = width / height;
    if (inner < outer) {
      const side = (1 - inner / outer) / 2;
      return [side, 0, side, 0];
    }
    const side = (1 - outer / inner) / 2;
    return [0, side, 0, side];
  }
}

/** Other angles are none, as in MediaPipe. @param {number | undefined} degrees */
const known = (degrees) => (degrees === 90 || degrees === 180 || degrees === 270 ? degrees : 0);

/** @param {CalculatorContext} cc @param {string} tag */
const isStream = (cc, tag) => cc.node.inputs.some((port) => port.tag === tag);
