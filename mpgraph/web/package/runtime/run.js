// One run of a graph: its nodes and streams, and the loop that runs whatever is ready.

import { CALCULATORS } from "../calculators/index.js";
import { GraphError, suggestion } from "./errors.js";
import { retain } from "./lifetime.js";
import { Node } from "./node.js";
import { DelayedConsumer, OutputStream } from "./streams.js";
import { DONE } from "./timestamp.js";

/**
 * @typedef {import("../graph.js").GraphDescription} GraphDescription
 * @typedef {import("./context.js").Services} Services
 *
 * @typedef {(stream: string, packet: import("./streams.js").Packet) => Promise<void>} Deliver
 *   Takes a packet, and a reference to its value, out of the graph.
 */

export class Run {
  /** @type {Map<string, OutputStream>} */
  #streams = new Map();
  /** @type {Node[]} */
  nodes = [];
  /** The deliveries and invocations under way. */
  #pending = 0;
  #draining = false;
  /** @type {(() => void)[]} */
  #waiting = [];
  /** @type {unknown} */
  error = null;
  ended = false;

  /**
   * @param {GraphDescription} description
   * @param {Services} services
   * @param {string[]} observed Streams whose packets are delivered.
   * @param {Deliver} deliver
   */
  constructor(description, services, observed, deliver) {
    this.description = description;
    this.services = services;
    for (const name of description.inputs) this.#stream(name);
    for (const node of description.nodes) {
      const outputs = node.outputs.map((port) => this.#stream(port.name));
      this.nodes.push(new Node(node, calculator(node), outputs));
    }
    for (const node of this.nodes) this.#connect(node);
    for (const name of observed) {
      /** @type {Promise<void>} */
      let last = Promise.resolve();
      this.#stream(name).consumers.push({
        push: ({ value, timestamp }) => {
          retain(value);
          // In order, though converting one packet may take longer than converting the next.
          last = last.then(() => deliver(name, { value, timestamp }));
          this.#track(last);
        },
        settle: () => {},
      });
    }
  }

  /** Open the nodes. @param {Map<string, any>} sidePackets By name. */
  async open(sidePackets) {
    for (const node of this.nodes) await node.open(sidePackets, this.services);
    this.#drain();
  }

  /** Send a packet, and a reference to its value. @param {string} stream @param {any} value @param {number} timestamp */
  add(stream, value, timestamp) {
    this.#check();
    this.#input(stream).emit(value, timestamp);
    this.#drain();
  }

  /** @param {string} stream */
  close(stream) {
    this.#input(stream).settle(DONE);
    this.#drain();
  }

  /** Resolves when nothing is left to do; rejects if the run has failed. */
  async idle() {
    while (this.#pending && !this.error) await new Promise((resolve) => this.#waiting.push(() => resolve(null)));
    this.#check();
  }

  /** Resolves when all nodes are closed. */
  async done() {
    for (;;) {
      await this.idle();
      if (this.ended || this.nodes.every((node) => node.closed)) return;
      await new Promise((resolve) => this.#waiting.push(() => resolve(null)));
    }
  }

  /** End the run, with an error or without, and drop what is under way. @param {unknown} [error] */
  cancel(error = null) {
    if (this.ended) return;
    this.ended = true;
    this.error = error;
    for (const node of this.nodes) node.clear();
    this.#wake();
  }

  #check() {
    if (this.error) throw this.error;
    if (this.ended) throw new GraphError("The run has ended; start another one with startRun().");
  }

  #drain() {
    if (this.#draining) return;
    this.#draining = true;
    try {
      // Nodes further down first: they free what is in use before new work begins.
      for (let i = this.nodes.length - 1; i >= 0 && !this.ended; i--) {
        const result = this.nodes[i].step();
        if (result instanceof Promise) this.#track(result);
        if (result) i = this.nodes.length;
      }
    } catch (error) {
      this.cancel(error);
    } finally {
      this.#draining = false;
    }
    this.services.device.submit();
    if (!this.#pending) this.#wake();
  }

  /** @param {Promise<unknown>} work */
  #track(work) {
    this.#pending++;
    work
      .catch((error) => this.cancel(error))
      .finally(() => {
        this.#pending--;
        this.#drain();
      });
  }

  #wake() {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** @param {string} name */
  #stream(name) {
    const known = this.#streams.get(name) ?? new OutputStream(name);
    this.#streams.set(name, known);
    return known;
  }

  /** @param {string} name */
  #input(name) {
    const { inputs } = this.description;
    if (!inputs.includes(name)) {
      throw new GraphError(`The graph has no input stream "${name}".${suggestion(name, inputs)}`);
    }
    return this.#stream(name);
  }

  /** @param {Node} node */
  #connect(node) {
    const delayed = node.type.delayedInputs ?? [];
    node.description.inputs.forEach((port, i) => {
      const queue = node.queues[i];
      const consumer = delayed.includes(port.tag)
        ? new DelayedConsumer(
            queue,
            () => this.services.device.finished(),
            (work) => this.#track(work),
          )
        : queue;
      this.#stream(port.name).consumers.push(consumer);
    });
  }
}

/** @param {import("../graph.js").NodeDescription} node */
function calculator(node) {
  const type = CALCULATORS[node.calculator];
  if (!type) {
    throw new GraphError(
      `This package has no ${node.calculator}, which the node ${node.name} needs.` +
        " Export the graph with the mpgraph that the package belongs to.",
      { node: node.name },
    );
  }
  return type;
}
