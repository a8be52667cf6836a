// SetAlphaCalculator: sets the alpha channel of images.

import { setAlpha } from "../device/images.js";

/** @typedef {import("../runtime/context.js").CalculatorContext} CalculatorContext */

/** IMAGE: an image. ALPHA: one of any size whose red becomes alpha; or else the option alpha_value, 0 to 255. */
export class SetAlphaCalculator {
  static timestampOffset = 0;

  /** @param {CalculatorContext} cc */
  process(cc) {
    const image = cc.image("IMAGE");
    if (!image) return;
    const value = Math.min(Math.max(cc.options.alpha_value ?? -1, 0), 255) / 255;
    cc.emitImage("IMAGE", setAlpha(image, cc.image("ALPHA") ?? value));
  }
}
