// FlowLimiterCalculator: limits how many frames a part of the graph processes at once.

import { release, retain } from "../runtime/lifetime.js";
import { MAX, UNSET, nextAllowed } from "../runtime/timestamp.js";

/** @typedef {import("../runtime/context.js").CalculatorContext} CalculatorContext */
/** @typedef {import("../runtime/streams.js").Packet} Packet */

/**
 * The first untagged input is the main stream, whose packets pass or are dropped; the others pass where it does.
 * FINISHED is a back edge from the end of the limited part: it counts once the device has done the work before it.
 * ALLOW reports whether a frame passes. MAX_IN_FLIGHT, a side packet, overrides the option.
 */
export class FlowLimiterCalculator {
  static handler = "ImmediateInputStreamHandler";
  static processTimestampBounds = true;
  static delayedInputs = ["FINISHED"];

  /** @type {Packet[][]} */
  #queues = [];
  /** @type {number[]} */
  #inFlight = [];
  /** From #ranges[i].from on, packets of the other streams pass if #ranges[i].allowed. */
  #ranges = [{ from: UNSET, allowed: true }];
  #maxInFlight = 1;
  #maxInQueue = 0;
  #timeout = 0;

  /** @param {CalculatorContext} cc */
  open(cc) {
    const { max_in_flight: inFlight = 1, max_in_queue: inQueue = 0, in_flight_timeout: timeout = 0 } = cc.options;
    this.#maxInFlight = cc.sideInput("MAX_IN_FLIGHT") ?? inFlight;
    this.#maxInQueue = inQueue;
    this.#timeout = Number(timeout); // 64-bit numbers are text in JSON.
    this.#queues = Array.from({ length: cc.inputCount("") }, () => []);
  }

  /** @param {CalculatorContext} cc */
  process(cc) {
    const t = cc.timestamp;
    const main = this.#queues[0];
    if (cc.settled("FINISHED") === t) this.#finishUntil(t);
    this.#queues.forEach((queue, i) => {
      const packet = cc.packet("", i);
      if (packet) queue.push({ value: retain(packet.value), timestamp: packet.timestamp });
    });
    if (this.#timeout > 0 && cc.settled("") === t && t < MAX) this.#finishUntil(t - this.#timeout - 1);
    while (main.length && this.#inFlight.length < this.#maxInFlight) {
      const { value, timestamp } = /** @type {Packet} */ (main.shift());
      cc.emit("", value, { timestamp });
      this.#report(cc, true, timestamp);
      this.#inFlight.push(timestamp);
    }
    while (main.length > this.#maxInQueue) {
      const { value, timestamp } = /** @type {Packet} */ (main.shift());
      release(value);
      this.#report(cc, false, timestamp);
    }
    const bounds = [this.#advance(cc, 0)];
    if (!main.length) cc.output("ALLOW")?.settle(bounds[0]);
    for (let i = 1; i < this.#queues.length; i++) {
      this.#releaseAuxiliary(cc, i);
      bounds.push(this.#advance(cc, i));
    }
    const least = Math.min(...bounds);
    while (this.#ranges.length > 1 && this.#ranges[1].from <= least) this.#ranges.shift();
  }

  /** @param {number} t */
  #finishUntil(t) {
    while (this.#inFlight.length && this.#inFlight[0] <= t) this.#inFlight.shift();
  }

  /** @param {CalculatorContext} cc @param {boolean} allowed @param {number} timestamp */
  #report(cc, allowed, timestamp) {
    cc.emit("ALLOW", allowed, { timestamp });
    this.#ranges.push({ from: timestamp, allowed });
  }

  /** Settle an output up to the first packet that may still pass. @param {CalculatorContext} cc @param {number} i */
  #advance(cc, i) {
    const queue = this.#queues[i];
    const bound = queue.length ? queue[0].timestamp : nextAllowed(cc.settled("", i));
    cc.output("", i)?.settle(bound);
    return bound;
  }

  /** @param {CalculatorContext} cc @param {number} i */
  #releaseAuxiliary(cc, i) {
    const decided = /** @type {import("../runtime/streams.js").OutputStream} */ (cc.output("")).bound;
    const queue = this.#queues[i];
    while (queue.length && queue[0].timestamp < decided) {
      const { value, timestamp } = /** @type {Packet} */ (queue.shift());
      const range = this.#ranges.findLast(({ from }) => from <= timestamp);
      if (range?.allowed) cc.emit("", value, { index: i, timestamp });
      else release(value);
    }
  }
}
