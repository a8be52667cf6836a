// InferenceCalculator: runs a model on the graph's device.

/** @typedef {import("../runtime/context.js").CalculatorContext} CalculatorContext */

/** TENSORS (a list) or TENSOR:0, TENSOR:1 ...: the model's inputs, and as outputs its outputs, in either form. */
export class InferenceCalculator {
  static timestampOffset = 0;

  /** @type {import("../device/device.js").Model | null} */
  #model = null;

  /** @param {CalculatorContext} cc */
  async open(cc) {
    this.#model = await cc.model();
  }

  /** @param {CalculatorContext} cc */
  process(cc) {
    const count = cc.inputCount("TENSOR");
    const inputs = count ? Array.from({ length: count }, (_, i) => cc.input("TENSOR", i)) : cc.input("TENSORS");
    if (!inputs?.length || inputs.includes(undefined) || !this.#model) return;
    const outputs = this.#model.run(inputs);
    // Where the graph thinks they are, which the calculators behind need to know.
    for (const output of outputs) output.isForGpu = inputs[0].isForGpu;
    if (cc.output("TENSORS")) cc.emit("TENSORS", outputs);
    else outputs.forEach((output, index) => cc.emit("TENSOR", output, { index }));
  }
}
