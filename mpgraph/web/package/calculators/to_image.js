// ToImageCalculator: ImageFrames and GpuBuffers as the Images of newer calculators; in pages the same thing.

/** @typedef {import("../runtime/context.js").CalculatorContext} CalculatorContext */

/** IMAGE, IMAGE_CPU or IMAGE_GPU: an image, sent on at IMAGE. */
export class ToImageCalculator {
  static timestampOffset = 0;

  /** @param {CalculatorContext} cc */
  process(cc) {
    const packet = cc.packet("IMAGE") ?? cc.packet("IMAGE_CPU") ?? cc.packet("IMAGE_GPU");
    if (packet) cc.forward("IMAGE", packet);
  }
}
