// ImagePropertiesCalculator: the size of images.

/** @typedef {import("../runtime/context.js").CalculatorContext} CalculatorContext */

/** IMAGE: an image. SIZE: [width, height]. */
export class ImagePropertiesCalculator {
  static timestampOffset = 0;

  /** @param {CalculatorContext} cc */
  process(cc) {
    const image = cc.image("IMAGE");
    if (image) cc.emit("SIZE", [image.width, image.height]);
  }
}
