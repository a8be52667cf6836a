// PacketClonerCalculator: repeats the latest packets at every tick.

import { release, retain } from "../runtime/lifetime.js";
import { nextAllowed } from "../runtime/timestamp.js";

/** @typedef {import("../runtime/context.js").CalculatorContext} CalculatorContext */

/** Sends the latest packet of each untagged input at the time of every packet of TICK, or else of the last untagged input. */
export class PacketClonerCalculator {
  static processTimestampBounds = true;

  /** @type {{value: any}[]} */
  #latest = [];
  /** @type {[string, number]} */
  #tick = ["TICK", 0];
  #sendsBoundsEarly = false;
  #waits = false;

  /** @param {CalculatorContext} cc */
  open(cc) {
    const count = cc.inputCount("");
    const base = cc.connected("TICK") ? count : count - 1;
    if (!cc.connected("TICK")) this.#tick = ["", base];
    this.#latest.length = base;
    this.#sendsBoundsEarly = cc.options.output_packets_only_when_all_inputs_received ?? false;
    this.#waits = this.#sendsBoundsEarly || (cc.options.output_only_when_all_inputs_received ?? false);
  }

  /** @param {CalculatorContext} cc */
  process(cc) {
    const inputs = Array.from(this.#latest.keys());
    for (const i of inputs) {
      const packet = cc.packet("", i);
      if (!packet) continue;
      release(this.#latest[i]?.value);
      this.#latest[i] = { value: retain(packet.value) };
    }
    const isReady = !this.#waits || inputs.every((i) => this.#latest[i]);
    if (isReady && cc.packet(...this.#tick)) {
      for (const i of inputs) if (this.#latest[i]) cc.emit("", retain(this.#latest[i].value), { index: i });
    }
    if (cc.settled(...this.#tick) === cc.timestamp && (isReady || this.#sendsBoundsEarly)) {
      for (const i of inputs) cc.output("", i)?.settle(nextAllowed(cc.timestamp));
    }
  }
}
