// Streams between nodes: where they come out, and the queues where they go in.

import { release, retain } from "./lifetime.js";
import { DONE, MIN, nextAllowed } from "./timestamp.js";
import { GraphError } from "./errors.js";

/**
 * @typedef {{value: any, timestamp: number}} Packet
 * @typedef {{push(packet: Packet): void, settle(bound: number): void}} Consumer Reads a stream.
 */

/** The packets that wait at an input of a node, and the bound below which no more will come. */
export class InputQueue {
  /** @param {() => void} notify Called when anything changes. */
  constructor(notify) {
    /** @type {Packet[]} */
    this.packets = [];
    this.bound = MIN;
    this.notify = notify;
  }

  get isDone() {
    return this.bound === DONE && !this.packets.length;
  }

  /** The least time that is not settled: that of the first packet, else the bound. */
  get head() {
    return this.packets.length ? this.packets[0].timestamp : this.bound;
  }

  /** @param {Packet} packet */
  push(packet) {
    this.packets.push({ value: retain(packet.value), timestamp: packet.timestamp });
    this.bound = Math.max(this.bound, nextAllowed(packet.timestamp));
    this.notify();
  }

  /** @param {number} bound */
  settle(bound) {
    if (bound <= this.bound) return;
    this.bound = bound;
    this.notify();
  }

  /** The packet at a time, taken out of the queue. @param {number} t @returns {Packet | undefined} */
  take(t) {
    return this.packets.length && this.packets[0].timestamp === t ? this.packets.shift() : undefined;
  }

  clear() {
    for (const packet of this.packets.splice(0)) release(packet.value);
  }
}

/** A stream at its producer. */
export class OutputStream {
  /** @param {string} name */
  constructor(name) {
    this.name = name;
    this.bound = MIN;
    /** @type {Consumer[]} */
    this.consumers = [];
  }

  /** Send a packet, and with it the caller's reference to its value. @param {any} value @param {number} timestamp */
  emit(value, timestamp) {
    try {
      if (timestamp < this.bound) {
        throw new GraphError(
          this.bound === DONE
            ? `The stream "${this.name}" is closed; it cannot carry a packet at ${timestamp}.`
            : `Timestamps of the stream "${this.name}" must increase: ${timestamp} came after ${this.bound - 1}.`,
        );
      }
      this.bound = nextAllowed(timestamp);
      const packet = { value, timestamp };
      for (const consumer of this.consumers) consumer.push(packet);
    } finally {
      release(value);
    }
  }

  /** Promise that no packet below `bound` will come. @param {number} bound */
  settle(bound) {
    if (bound <= this.bound) return;
    this.bound = bound;
    for (const consumer of this.consumers) consumer.settle(bound);
  }
}

/**
 * Delivers a stream late, in order: each packet once the device has finished the work recorded before it.
 * So a FlowLimiter counts a frame as finished when it is, rather than when its commands are recorded.
 */
export class DelayedConsumer {
  /**
   * @param {Consumer} target
   * @param {() => Promise<void> | null} finished Of the device; null if it never works in the background.
   * @param {(work: Promise<void>) => void} track Told about each delivery under way.
   */
  constructor(target, finished, track) {
    this.target = target;
    this.finished = finished;
    this.track = track;
    /** @type {Promise<void>} */
    this.last = Promise.resolve();
    this.waiting = 0;
  }

  /** @param {Packet} packet */
  push(packet) {
    // The consumers of FINISHED need no value, which would keep the frame's memory in use.
    this.#later(() => this.target.push({ value: true, timestamp: packet.timestamp }));
  }

  /** @param {number} bound */
  settle(bound) {
    this.#later(() => this.target.settle(bound));
  }

  /** @param {() => void} deliver */
  #later(deliver) {
    const finished = this.finished();
    if (!finished && !this.waiting) {
      deliver();
      return;
    }
    this.waiting++;
    this.last = Promise.all([this.last, finished]).then(() => {
      this.waiting--;
      deliver();
    });
    this.track(this.last);
  }
}
