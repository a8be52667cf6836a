// TensorsToSegmentationCalculator: a model's output as a mask.

import { maskOf, resize } from "../device/images.js";
import { GraphError } from "../runtime/errors.js";

/** @typedef {import("../runtime/context.js").CalculatorContext} CalculatorContext */

const ACTIVATIONS = ["NONE", "SIGMOID", "SOFTMAX"];

/**
 * TENSORS: a list whose first tensor is (height, width, channels) or (1, height, width, channels); 1 channel, or 2
 * for SOFTMAX. OUTPUT_SIZE: [width, height]. MASK: in red and alpha, rounded to bytes before it is scaled.
 */
export class TensorsToSegmentationCalculator {
  static timestampOffset = 0;

  /** @param {CalculatorContext} cc */
  process(cc) {
    const tensor = cc.input("TENSORS")?.[0];
    const size = cc.input("OUTPUT_SIZE");
    if (!tensor || (cc.connected("OUTPUT_SIZE") && !size)) return;
    const [height, width, channels] = tensor.shape.slice(-3);
    const { activation = "NONE", output_layer_index: channel = 0, gpu_origin: origin } = cc.options;
    const expected = activation === "SOFTMAX" ? 2 : 1;
    if (channels !== expected) {
      throw new GraphError(`The activation ${activation} takes ${expected} channels, but the tensor has ${channels}.`);
    }
    // Graphs for OpenGL count masks as upside down, those for the CPU do not.
    const flip = isForGpu(cc) && origin !== "TOP_LEFT";
    const mask = maskOf(tensor, width, height, { activation: ACTIVATIONS.indexOf(activation), channel, flip });
    cc.emit("MASK", resize(mask, ...(/** @type {[number, number]} */ (size ?? [width, height]))));
    mask.release();
  }
}

/** Whether the tensor comes from an image on the GPU in the graph's own terms. @param {CalculatorContext} cc */
const isForGpu = (cc) => cc.input("TENSORS")?.[0].isForGpu === true;
