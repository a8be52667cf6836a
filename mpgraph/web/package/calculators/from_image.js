// FromImageCalculator: Images as the ImageFrames and GpuBuffers of older calculators; in pages the same thing.

/** @typedef {import("../runtime/context.js").CalculatorContext} CalculatorContext */

/** IMAGE: an image, sent on at IMAGE_CPU or IMAGE_GPU. SOURCE_ON_GPU: false, as images here are not OpenGL's. */
export class FromImageCalculator {
  static timestampOffset = 0;

  /** @param {CalculatorContext} cc */
  process(cc) {
    const packet = cc.packet("IMAGE");
    if (!packet) return;
    cc.emit("SOURCE_ON_GPU", false);
    for (const tag of ["IMAGE_CPU", "IMAGE_GPU"]) if (cc.output(tag)) cc.forward(tag, packet);
  }
}
