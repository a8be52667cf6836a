// MergeCalculator: merges streams; earlier inputs have priority.

/** @typedef {import("../runtime/context.js").CalculatorContext} CalculatorContext */

/** Forwards, at each time, the packet of the first input that has one. */
export class MergeCalculator {
  static timestampOffset = 0;

  /** @param {CalculatorContext} cc */
  process(cc) {
    for (let i = 0; i < cc.inputCount(""); i++) {
      const packet = cc.packet("", i);
      if (!packet) continue;
      cc.forward("", packet);
      return;
    }
  }
}
