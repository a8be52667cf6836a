// A node: a calculator with its queues, run when its handler says so.

import { CalculatorContext } from "./context.js";
import { CLOSE, HANDLERS, READY } from "./handlers.js";
import { release } from "./lifetime.js";
import { DONE, nextAllowed } from "./timestamp.js";
import { GraphError, messageOf } from "./errors.js";
import { InputQueue } from "./streams.js";

/**
 * @typedef {object} Calculator One a node. All methods but `process` are optional and may return a promise.
 * @property {(cc: CalculatorContext) => unknown} [open]
 * @property {(cc: CalculatorContext) => unknown} process
 * @property {(cc: CalculatorContext) => unknown} [close]
 *
 * @typedef {object} CalculatorStatics
 * @property {number} [timestampOffset] The outputs are settled that far ahead of the inputs, as in Python.
 * @property {string} [handler] The input stream handler, unless the graph names one.
 * @property {boolean} [processTimestampBounds]
 * @property {string[]} [delayedInputs] Tags whose packets come once the device has finished the work before them.
 *
 * @typedef {(new () => Calculator) & CalculatorStatics} CalculatorClass
 */

export class Node {
  /**
   * @param {import("../graph.js").NodeDescription} description
   * @param {CalculatorClass} type
   * @param {import("./streams.js").OutputStream[]} outputs
   */
  constructor(description, type, outputs) {
    this.description = description;
    this.type = type;
    this.outputs = outputs;
    this.queues = description.inputs.map(() => new InputQueue(() => (this.changed = true)));
    const handler = description.handler ?? type.handler ?? "DefaultInputStreamHandler";
    this.handler = new HANDLERS[handler](this.queues, type.processTimestampBounds ?? false);
    this.calculator = new type();
    /** Whether an input has changed since the handler was asked. */
    this.changed = true;
    this.busy = false;
    this.closed = false;
    this.calls = 0;
    this.milliseconds = 0;
    /** @type {CalculatorContext | null} */
    this.context = null;
  }

  /** @param {Map<string, any>} sidePackets @param {import("./context.js").Services} services */
  async open(sidePackets, services) {
    this.context = new CalculatorContext(this.description, this.outputs, sidePackets, services);
    try {
      await this.calculator.open?.(this.context);
    } catch (error) {
      throw this.#failed(error, "when it was opened");
    }
  }

  /** Run once if possible. Returns whether it did; a promise while it is still at work. */
  step() {
    if (!this.changed || this.busy || this.closed || !this.context) return false;
    this.changed = false;
    const answer = this.handler.readiness();
    if (answer === READY) return this.#process(this.context);
    if (answer === CLOSE) {
      this.#close(this.context);
      return true;
    }
    return this.#settle(this.handler.t);
  }

  /** Drop everything that waits. */
  clear() {
    this.closed = true;
    this.queues.forEach((queue) => queue.clear());
  }

  /** @param {CalculatorContext} cc */
  #process(cc) {
    const t = this.handler.t;
    const inputs = this.handler.fill();
    cc.begin(inputs, t);
    this.changed = true;
    const finish = () => {
      for (const { packet } of inputs) release(packet?.value);
      if (this.type.timestampOffset !== undefined) this.#settle(nextAllowed(t));
    };
    this.calls++;
    const start = performance.now();
    try {
      const result = this.calculator.process(cc);
      if (result instanceof Promise) {
        this.busy = true;
        return result
          .catch((error) => {
            throw this.#failed(error, `at timestamp ${t}`, t);
          })
          .finally(() => {
            this.busy = false;
            this.milliseconds += performance.now() - start;
            finish();
          });
      }
    } catch (error) {
      throw this.#failed(error, `at timestamp ${t}`, t);
    }
    this.milliseconds += performance.now() - start;
    finish();
    return true;
  }

  /** Settle the outputs of a node with an offset. @param {number} bound Of the inputs. */
  #settle(bound) {
    const { timestampOffset } = this.type;
    if (timestampOffset === undefined) return false;
    const before = this.outputs.map((output) => output.bound);
    for (const output of this.outputs) output.settle(bound === DONE ? DONE : bound + timestampOffset);
    return this.outputs.some((output, i) => output.bound !== before[i]);
  }

  /** @param {CalculatorContext} cc */
  #close(cc) {
    this.closed = true;
    cc.begin([], DONE);
    try {
      this.calculator.close?.(cc);
    } catch (error) {
      throw this.#failed(error, "when it was closed");
    }
    for (const output of this.outputs) output.settle(DONE);
  }

  /** @param {unknown} error @param {string} when @param {number} [timestamp] */
  #failed(error, when, timestamp) {
    const { name, calculator } = this.description;
    const label = name === calculator ? name : `${name} (${calculator})`;
    return new GraphError(`${label} failed ${when}: ${messageOf(error)}`, { node: name, timestamp, cause: error });
  }
}
