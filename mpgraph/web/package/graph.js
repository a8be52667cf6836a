// Graph: load a graph, feed it, observe it, end it; as CalculatorGraph in Python.

import { findAdapter } from "./device/adapter.js";
import { GraphError, suggestion } from "./runtime/errors.js";
import { takeOver } from "./runtime/frames.js";
import { readJson } from "./runtime/fetching.js";
import { addresses, here, located } from "./runtime/resources.js";
import { localRunner, remoteRunner, startWorker } from "./runtime/remote.js";

export { GraphError };

/**
 * @typedef {import("./graph.js").GraphDescription} GraphDescription
 * @typedef {import("./graph.js").LoadOptions} LoadOptions
 * @typedef {import("./graph.js").OutputFormat} OutputFormat
 * @typedef {import("./graph.js").Packet} Packet
 */

/** The version of graph.json that this package reads. */
const VERSION = 1;

const OPTIONS = ["device", "worker", "resources"];
const FORMATS = ["bitmap", "image-data", "none"];

/** A graph that runs in this page, by default in a worker. */
export class Graph {
  /** @type {((device: import("./graph.js").DeviceName) => void) | null} */
  onDeviceChange = null;
  /** @type {Map<string, (packet: Packet) => unknown>} */
  #observers = new Map();
  /** @type {Record<string, OutputFormat>} */
  #formats = {};
  /** @type {Set<Promise<void>>} */
  #callbacks = new Set();
  /** @type {unknown[]} */
  #thrown = [];
  #started = false;
  #closed = false;
  /** @type {import("./runtime/remote.js").AnyRunner | null} */
  #runner = null;
  #device = /** @type {import("./graph.js").DeviceName} */ ("wasm");

  /** @param {GraphDescription} description */
  constructor(description) {
    this.description = description;
  }

  /** @param {"auto" | import("./graph.js").DeviceName} wanted */
  static async deviceFor(wanted) {
    return wanted === "wasm" || !(await findAdapter(wanted === "webgpu")) ? "wasm" : "webgpu";
  }

  /** @param {string | URL | GraphDescription} graph @param {LoadOptions} [options] */
  static async load(graph, options = {}) {
    for (const name of Object.keys(options)) {
      if (!OPTIONS.includes(name)) throw new TypeError(`Graph.load has no option "${name}".${suggestion(name, OPTIONS)}`);
    }
    const inWorker = options.worker ?? typeof document !== "undefined";
    const worker = inWorker ? startWorker(located("worker.js", options.resources)) : null;
    try {
      return await Graph.#loaded(graph, options, worker);
    } catch (error) {
      worker?.terminate();
      throw error;
    }
  }

  /** @param {string | URL | GraphDescription} graph @param {LoadOptions} options @param {Worker | null} worker */
  static async #loaded(graph, options, worker) {
    const isAddress = typeof graph === "string" || graph instanceof URL;
    const base = isAddress ? new URL(graph, here()).href : undefined;
    /** @type {GraphDescription} */
    const description = isAddress ? await readJson(/** @type {string} */ (base)) : graph;
    if (description.version !== VERSION) {
      throw new GraphError(
        `${base ?? "The graph"} has version ${description.version} of the format; this package reads ${VERSION}.` +
          " Export it with `mpgraph web`.",
      );
    }
    const result = new Graph(description);
    const setup = {
      description,
      urls: addresses(description, base, options.resources),
      device: options.device ?? "auto",
    };
    const events = {
      packet: result.#packet.bind(result),
      deviceChange: result.#deviceChange.bind(result),
    };
    const runner = worker ? await remoteRunner(setup, events, worker) : await localRunner(setup, events);
    result.#runner = runner;
    result.#device = runner.device;
    return result;
  }

  get device() {
    return this.#device;
  }

  /** @param {string} stream @param {(packet: Packet) => unknown} callback @param {{format?: OutputFormat}} [options] */
  observeOutputStream(stream, callback, { format = "bitmap" } = {}) {
    const streams = [...new Set([...this.description.inputs, ...this.description.nodes.flatMap((node) => node.outputs.map((port) => port.name))])];
    if (!streams.includes(stream)) {
      throw new GraphError(`The graph has no stream "${stream}".${suggestion(stream, this.description.outputs)}`);
    }
    if (!FORMATS.includes(format)) throw new TypeError(`The format "${format}" does not exist.${suggestion(format, FORMATS)}`);
    if (this.#started) throw new GraphError("Observe streams before startRun().");
    this.#observers.set(stream, callback);
    this.#formats[stream] = format;
  }

  async startRun(sidePackets = {}) {
    this.#started = true;
    this.#thrown = [];
    await this.#call("startRun", sidePackets, this.#formats);
  }

  /** @param {string} stream @param {unknown} value @param {number} timestamp @param {{transfer?: boolean}} [options] */
  async addPacketToInputStream(stream, value, timestamp, { transfer = false } = {}) {
    if (!Number.isSafeInteger(timestamp)) {
      throw new TypeError(`The timestamp ${timestamp} is not a whole number of microseconds.`);
    }
    this.#alive();
    const taken = await takeOver(value, transfer);
    await this.#alive().call("add", [stream, taken.value, timestamp], taken.transfer);
  }

  /** @param {string} stream */
  async closeInputStream(stream) {
    await this.#call("closeInput", stream);
  }

  async closeAllInputStreams() {
    for (const stream of this.description.inputs) await this.#call("closeInput", stream);
  }

  async waitUntilIdle() {
    await this.#call("waitUntilIdle");
    await this.#calledBack();
  }

  async waitUntilDone() {
    await this.#call("waitUntilDone");
    await this.#calledBack();
  }

  async cancel() {
    await this.#call("cancel");
  }

  /** @returns {Promise<import("./graph.js").NodeStatistics[]>} */
  async statistics() {
    return /** @type {any} */ (await this.#call("statistics"));
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#runner?.close();
  }

  /** @param {string} method @param {...unknown} args */
  #call(method, ...args) {
    return this.#alive().call(method, args);
  }

  #alive() {
    if (this.#closed || !this.#runner) throw new GraphError("The graph is closed.");
    return this.#runner;
  }

  /** @param {string} stream @param {unknown} value @param {number} timestamp */
  #packet(stream, value, timestamp) {
    const called = this.#invoke(stream, { value, timestamp });
    this.#callbacks.add(called);
    called.finally(() => this.#callbacks.delete(called));
  }

  /** @param {string} stream @param {Packet} packet */
  async #invoke(stream, packet) {
    try {
      await this.#observers.get(stream)?.(packet);
    } catch (error) {
      // The graph is not at fault and goes on; whoever waits for it next gets the error.
      this.#thrown.push(error);
    }
  }

  async #calledBack() {
    await Promise.all(this.#callbacks);
    const [error] = this.#thrown.splice(0);
    if (error !== undefined) throw error;
  }

  /** @param {import("./graph.js").DeviceName} device */
  #deviceChange(device) {
    this.#device = device;
    this.onDeviceChange?.(device);
  }
}
