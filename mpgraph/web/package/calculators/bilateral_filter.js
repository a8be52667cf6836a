// BilateralFilterCalculator: smooths images, but not across edges.

import { bilateral } from "../device/images.js";

/** @typedef {import("../runtime/context.js").CalculatorContext} CalculatorContext */

/** IMAGE: an image. GUIDE: one whose edges, and size, count instead of its own. Nothing is sent without either. */
export class BilateralFilterCalculator {
  static timestampOffset = 0;

  /** @param {CalculatorContext} cc */
  process(cc) {
    const image = cc.image("IMAGE");
    const guide = cc.image("GUIDE") ?? null;
    if (!image || (!guide && (cc.connected("GUIDE") || cc.connected("GUIDE_GPU")))) return;
    const { sigma_color: color = 0, sigma_space: space = 0 } = cc.options;
    cc.emitImage("IMAGE", bilateral(image, guide, color, space));
  }
}
