// GateCalculator: forwards or drops packets, depending on a control input.

import { DONE } from "../runtime/timestamp.js";

/** @typedef {import("../runtime/context.js").CalculatorContext} CalculatorContext */

/**
 * Untagged inputs pass while the gate is open. The control is ALLOW or DISALLOW, as input or side packet, or else the
 * option allow. STATE_CHANGE reports whether the gate is open, at each time when that changes.
 */
export class GateCalculator {
  static timestampOffset = 0;

  #default = false;
  #isFinal = false;
  #state = "GATE_UNINITIALIZED";

  /** @param {CalculatorContext} cc */
  open(cc) {
    const { allow = false, empty_packets_as_allow: whenEmpty = false, initial_gate_state: state } = cc.options;
    this.#default = whenEmpty;
    this.#state = state ?? "GATE_UNINITIALIZED";
    const [opens, closes] = [cc.sideInput("ALLOW"), cc.sideInput("DISALLOW")];
    this.#isFinal = opens !== undefined || closes !== undefined;
    if (this.#isFinal) this.#default = opens ?? !closes;
    else if (!cc.connected("ALLOW") && !cc.connected("DISALLOW")) this.#default = allow;
  }

  /** @param {CalculatorContext} cc */
  process(cc) {
    const [opens, closes] = [cc.input("ALLOW"), cc.input("DISALLOW")];
    const isOpen = opens ?? (closes === undefined ? this.#default : !closes);
    const state = isOpen ? "GATE_ALLOW" : "GATE_DISALLOW";
    if (this.#state !== "GATE_UNINITIALIZED" && this.#state !== state) cc.emit("STATE_CHANGE", isOpen);
    this.#state = state;
    for (let i = 0; i < cc.inputCount(""); i++) {
      const packet = cc.packet("", i);
      if (isOpen && packet) cc.forward("", packet, i);
      else if (!isOpen && this.#isFinal) cc.output("", i)?.settle(DONE);
    }
  }
}
