// RecolorCalculator: blends a colour over the masked part of an image.

import { recolor } from "../device/images.js";
import { retain } from "../runtime/lifetime.js";

/** @typedef {import("../runtime/context.js").CalculatorContext} CalculatorContext */

/** IMAGE, MASK: images of any sizes. Where MASK has no packet, the image is passed on unchanged. */
export class RecolorCalculator {
  static timestampOffset = 0;

  /** @param {CalculatorContext} cc */
  process(cc) {
    const image = cc.image("IMAGE");
    const mask = cc.image("MASK");
    if (!image) return;
    if (!mask) {
      cc.emitImage("IMAGE", retain(image));
      return;
    }
    const { color = {}, mask_channel: channel, invert_mask: invert = false, adjust_with_luminance: luminance = true } = cc.options;
    const { r = 0, g = 0, b = 0 } = color;
    const maskChannel = channel === "ALPHA" ? 3 : 0;
    cc.emitImage("IMAGE", recolor(image, mask, [r, g, b], { maskChannel, invert, luminance }));
  }
}
