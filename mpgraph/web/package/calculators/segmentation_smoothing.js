// SegmentationSmoothingCalculator: smooths masks over time.

import { smoothed } from "../device/images.js";

/** @typedef {import("../runtime/context.js").CalculatorContext} CalculatorContext */

/** MASK, MASK_PREVIOUS: masks. MASK_SMOOTHED: the mix of both where MASK is uncertain. */
export class SegmentationSmoothingCalculator {
  static timestampOffset = 0;

  /** @param {CalculatorContext} cc */
  process(cc) {
    const mask = cc.packet("MASK");
    const previous = cc.input("MASK_PREVIOUS");
    if (!mask) return;
    if (!previous) cc.forward("MASK_SMOOTHED", mask);
    else cc.emit("MASK_SMOOTHED", smoothed(mask.value, previous, cc.options.combine_with_previous_ratio ?? 0));
  }
}
