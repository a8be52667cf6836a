// PassThroughCalculator: forwards every packet unchanged.

/** @typedef {import("../runtime/context.js").CalculatorContext} CalculatorContext */

/** Forwards each packet to the output with the same tag and index. */
export class PassThroughCalculator {
  static timestampOffset = 0;

  /** @param {CalculatorContext} cc */
  process(cc) {
    for (const { tag, index } of cc.node.inputs) {
      const packet = cc.packet(tag, index);
      if (packet) cc.forward(tag, packet, index);
    }
  }
}
