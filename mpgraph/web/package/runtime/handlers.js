// Input stream handlers: when a node runs, and with which packets.

import { DONE, MAX, UNSET, UNSTARTED, previousAllowed } from "./timestamp.js";

/**
 * @typedef {import("./streams.js").InputQueue} InputQueue
 * @typedef {import("./streams.js").Packet} Packet
 */

export const NOT_READY = 0;
export const READY = 1;
export const CLOSE = 2;

/**
 * Streams whose packets are delivered together, one timestamp after another. A time is ready once it is settled
 * on all of them: with a packet at it or later, or a bound beyond it.
 */
export class DefaultHandler {
  /**
   * @param {InputQueue[]} queues
   * @param {boolean} processTimestampBounds Whether times without a packet are ready, too.
   */
  constructor(queues, processTimestampBounds) {
    this.queues = queues;
    this.processTimestampBounds = processTimestampBounds;
    this.lastProcessed = UNSET;
    /** The time that is ready; else the one up to which everything is settled. */
    this.t = DONE;
  }

  /** Asked once for each answer that is acted upon: a time that is ready by bounds alone is ready only once. */
  readiness() {
    let minPacket = DONE;
    let minBound = DONE;
    for (const queue of this.queues) {
      if (queue.packets.length) minPacket = Math.min(minPacket, queue.packets[0].timestamp);
      else minBound = Math.min(minBound, queue.bound);
    }
    this.t = Math.min(minPacket, minBound);
    if (this.t === DONE) {
      this.lastProcessed = MAX;
      return CLOSE;
    }
    if (!this.processTimestampBounds) {
      if (minBound <= minPacket) return NOT_READY;
      this.lastProcessed = this.t;
      return READY;
    }
    const settled = Math.min(minPacket, previousAllowed(minBound));
    if (settled <= Math.max(this.lastProcessed, UNSTARTED)) return NOT_READY;
    this.t = this.lastProcessed = settled;
    return READY;
  }

  /** The packets for the time that is ready. @returns {Input[]} */
  fill() {
    return this.queues.map((queue) => ({ packet: queue.take(this.t), settled: this.t }));
  }
}

/**
 * @typedef {object} Input What an invocation gets at a port.
 * @property {Packet} [packet]
 * @property {number} settled The time up to which the stream is known: that of the packet if there is one.
 */

/** Each stream's packets as they arrive, without waiting for the others. */
export class ImmediateHandler {
  /** @param {InputQueue[]} queues @param {boolean} processTimestampBounds */
  constructor(queues, processTimestampBounds) {
    this.queues = queues;
    this.processTimestampBounds = processTimestampBounds;
    this.sets = queues.map((queue) => new DefaultHandler([queue], processTimestampBounds));
    /** What each set has answered and `fill` has not used yet. */
    this.readyAt = queues.map(() => UNSET);
    this.t = DONE;
  }

  readiness() {
    let at = DONE;
    let bound = DONE;
    let ended = false;
    this.sets.forEach((set, i) => {
      if (this.readyAt[i] > UNSET) {
        at = Math.min(at, this.readyAt[i]);
        bound = Math.min(bound, this.readyAt[i]);
        return;
      }
      const before = set.lastProcessed;
      const answer = set.readiness();
      bound = Math.min(bound, set.t);
      if (answer === READY) {
        this.readyAt[i] = set.t;
        at = Math.min(at, set.t);
      } else if (answer === CLOSE) {
        // A calculator that processes bounds gets the end once, as a bound at MAX.
        this.readyAt[i] = this.processTimestampBounds && before < MAX ? MAX : DONE;
        ended ||= !this.processTimestampBounds;
        at = Math.min(at, this.readyAt[i]);
        bound = Math.min(bound, this.readyAt[i]);
      }
    });
    this.t = bound;
    if (bound === DONE) return CLOSE;
    if (at < DONE) {
      this.t = at;
      return READY;
    }
    return ended ? READY : NOT_READY;
  }

  /** @returns {Input[]} */
  fill() {
    return this.queues.map((queue, i) => {
      if (this.readyAt[i] !== this.t) return { settled: previousAllowed(queue.head) };
      this.readyAt[i] = UNSET;
      return { packet: queue.take(this.t), settled: this.t };
    });
  }
}

/** By MediaPipe's name. @type {Record<string, new (queues: InputQueue[], bounds: boolean) => DefaultHandler | ImmediateHandler>} */
export const HANDLERS = {
  DefaultInputStreamHandler: DefaultHandler,
  ImmediateInputStreamHandler: ImmediateHandler,
};
