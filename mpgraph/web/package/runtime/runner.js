// A graph on its device: loads models, converts images on their way in and out, and continues when a GPU is lost.

import { DeviceImage, Memory } from "../device/device.js";
import { openDevice } from "../device/choice.js";
import { floatsOf } from "../device/half.js";
import { GraphError, suggestion } from "./errors.js";
import { isSource, sizeOf } from "./frames.js";
import { release } from "./lifetime.js";
import { read, readJson } from "./fetching.js";
import { Run } from "./run.js";

/**
 * @typedef {import("../graph.js").GraphDescription} GraphDescription
 * @typedef {import("../graph.js").OutputFormat} OutputFormat
 * @typedef {import("../device/device.js").Device} Device
 * @typedef {import("../device/device.js").Model} Model
 *
 * @typedef {object} Events What a runner reports to its graph.
 * @property {(stream: string, value: unknown, timestamp: number) => void} packet
 * @property {(device: import("../graph.js").DeviceName) => void} deviceChange
 *
 * @typedef {object} Setup
 * @property {GraphDescription} description
 * @property {Record<string, string>} urls The address of each file.
 * @property {"auto" | import("../graph.js").DeviceName} device
 */

/** The packets of the input streams that are kept for the case that the GPU is lost. */
const MAX_KEPT = 16;

/** @typedef {{plan: import("../device/device.js").Plan, weights: Float32Array<ArrayBuffer>}} ModelFiles */

/** @param {{plan: string, weights: string}} names @param {Record<string, string>} urls @returns {Promise<ModelFiles>} */
async function readModel(names, urls) {
  const [plan, weights] = await Promise.all([
    readJson(urls[names.plan]),
    read(urls[names.weights]).then((response) => response.arrayBuffer()),
  ]);
  return { plan, weights: floatsOf(weights, plan.weights, urls[names.weights]) };
}

/** The methods that a graph calls, perhaps from another thread: their arguments and results can be cloned. */
export class GraphRunner {
  /** @type {Run | null} */
  #run = null;
  /** @type {Map<string, any>} */
  #sidePackets = new Map();
  /** @type {Record<string, OutputFormat>} */
  #observed = {};
  /** @type {{stream: string, value: any, timestamp: number}[]} */
  #kept = [];
  /** @type {Set<string>} */
  #closedInputs = new Set();
  /** The last timestamp that has come out of each observed stream. @type {Map<string, number>} */
  #delivered = new Map();
  /** @type {Map<string, Promise<Model>>} */
  #models = new Map();
  /** @type {Promise<void> | null} */
  #recovery = null;
  #closed = false;

  /** @param {Setup} setup @param {Device} device @param {Events} events */
  constructor(setup, device, events) {
    this.setup = setup;
    this.device = device;
    this.events = events;
    this.#watch(device);
  }

  /** @param {Setup} setup @param {Events} events @returns {Promise<GraphRunner>} */
  static async load(setup, events) {
    const { models } = setup.description;
    const [device, ...files] = await Promise.all([
      openDevice(setup.device, setup),
      ...Object.values(models).map((model) => readModel(model, setup.urls)),
    ]);
    const runner = new GraphRunner(setup, device, events);
    try {
      // Loaded here rather than in startRun, so that whatever is missing is missed by load().
      await Promise.all(Object.keys(models).map((name, i) => runner.#model(name, files[i])));
    } catch (error) {
      runner.close();
      // A GPU whose driver does not compile a kernel, perhaps.
      if (setup.device !== "auto" || device.name === "wasm") throw error;
      return GraphRunner.load({ ...setup, device: "wasm" }, events);
    }
    return runner;
  }

  /** @param {Record<string, unknown>} sidePackets @param {Record<string, OutputFormat>} observed */
  async startRun(sidePackets, observed) {
    if (this.#run && !this.#run.ended) this.#run.cancel();
    const { description } = this.setup;
    const known = new Map(Object.entries(description.sidePackets));
    const names = [...known.keys(), ...description.requiredSidePackets];
    for (const [name, value] of Object.entries(sidePackets)) {
      if (!names.includes(name)) {
        throw new GraphError(`The graph has no side packet "${name}".${suggestion(name, names)}`);
      }
      known.set(name, value);
    }
    const missing = description.requiredSidePackets.filter((name) => !known.has(name));
    if (missing.length) throw new GraphError(`startRun needs the side packets ${missing.join(", ")}.`);
    this.#sidePackets = known;
    this.#observed = observed;
    this.#closedInputs.clear();
    this.#delivered.clear();
    this.#forget();
    await this.#recovery;
    await this.#start();
  }

  /** @param {string} stream @param {unknown} value @param {number} timestamp */
  async add(stream, value, timestamp) {
    await this.#recovery;
    const run = this.#running();
    let payload = value;
    if (isSource(value)) {
      const [width, height] = sizeOf(value);
      payload = this.device.upload(value, width, height);
    }
    if (this.device.name === "webgpu") {
      if (payload instanceof Memory) payload.retain();
      this.#kept.push({ stream, value: payload, timestamp });
      if (this.#kept.length > MAX_KEPT) release(this.#kept.shift()?.value);
    }
    run.add(stream, payload, timestamp);
  }

  /** @param {string} stream */
  async closeInput(stream) {
    await this.#recovery;
    this.#closedInputs.add(stream);
    this.#running().close(stream);
  }

  async waitUntilIdle() {
    await this.#settled((run) => run.idle());
    this.#forget();
  }

  async waitUntilDone() {
    await this.#settled((run) => run.done());
    this.#forget();
  }

  async cancel() {
    this.#run?.cancel();
    this.#forget();
  }

  async statistics() {
    return (this.#run?.nodes ?? []).map(({ description, calls, milliseconds }) => ({
      name: description.name,
      calculator: description.calculator,
      calls,
      milliseconds,
    }));
  }

  async close() {
    this.#closed = true;
    this.#run?.cancel();
    this.#forget();
    this.device.close();
  }

  /** Wait for the run, and for the one that replaces it if the device is lost meanwhile. @param {(run: Run) => Promise<void>} wait */
  async #settled(wait) {
    for (;;) {
      await this.#recovery;
      const run = this.#running();
      let failure;
      try {
        await wait(run);
      } catch (error) {
        failure = error;
      }
      if (this.#recovery || run !== this.#run) continue;
      if (failure !== undefined) throw failure;
      return;
    }
  }

  #running() {
    if (!this.#run) throw new GraphError("The graph is not running; call startRun() first.");
    return this.#run;
  }

  async #start() {
    const { device } = this;
    device.reclaim();
    const services = { device, model: (/** @type {string} */ name) => this.#model(name) };
    /** @type {Run} */
    const run = new Run(this.setup.description, services, Object.keys(this.#observed), (stream, packet) =>
      this.#deliver(run, stream, packet),
    );
    this.#run = run;
    await run.open(this.#sidePackets);
  }

  /** @param {Run} run @param {string} stream @param {import("./streams.js").Packet} packet */
  async #deliver(run, stream, { value, timestamp }) {
    try {
      const converted = await this.#converted(value, this.#observed[stream]);
      // A lost GPU gives blank images without an error; the frame is computed once more on the other device.
      if (run !== this.#run || run.ended || timestamp <= this.#deliveredUntil(stream)) return;
      this.#delivered.set(stream, timestamp);
      const done = this.#doneUntil();
      while (this.#kept.length && this.#kept[0].timestamp <= done) release(this.#kept.shift()?.value);
      this.events.packet(stream, converted, timestamp);
    } finally {
      release(value);
    }
  }

  /** @param {string} stream */
  #deliveredUntil(stream) {
    return this.#delivered.get(stream) ?? -Infinity;
  }

  /** The timestamp up to which all observed streams have come out. */
  #doneUntil() {
    return Math.min(...Object.keys(this.#observed).map((stream) => this.#deliveredUntil(stream)));
  }

  /** @param {any} value @param {OutputFormat} format @returns {Promise<unknown>} */
  async #converted(value, format) {
    if (format === "none") return undefined;
    if (Array.isArray(value)) return Promise.all(value.map((element) => this.#converted(element, format)));
    if (value instanceof DeviceImage) {
      return format === "image-data" ? this.device.pixels(value) : this.device.bitmap(value);
    }
    return value instanceof Memory ? this.device.floats(/** @type {any} */ (value)) : value;
  }

  /** @param {string} name @param {ModelFiles} [files] If they have been read. @returns {Promise<Model>} */
  #model(name, files) {
    let model = this.#models.get(name);
    if (!model) {
      model = this.#loaded(name, files);
      this.#models.set(name, model);
    }
    return model;
  }

  /** @param {string} name @param {ModelFiles} [files] */
  async #loaded(name, files) {
    const { plan, weights } = files ?? (await readModel(this.setup.description.models[name], this.setup.urls));
    return this.device.load(plan, weights);
  }

  /** @param {Device} device */
  #watch(device) {
    device.lost.then((reason) => {
      if (this.#closed || device !== this.device) return;
      this.#recovery = this.#recover(reason).finally(() => (this.#recovery = null));
    });
  }

  /** Go on where the lost device stopped: with new calculators, and the frames that have not come out. @param {string} reason */
  async #recover(reason) {
    const kept = this.#kept.splice(0);
    const lost = this.#run;
    const wasRunning = lost !== null && !lost.ended;
    lost?.cancel(new GraphError(`The GPU was lost: ${reason}`));
    this.#models.clear();
    this.device = await openDevice("wasm", this.setup);
    this.events.deviceChange(this.device.name);
    if (!wasRunning) return;
    await this.#start();
    for (const { stream, value, timestamp } of kept) {
      if (timestamp <= this.#doneUntil()) continue;
      const again = value instanceof DeviceImage ? this.device.upload(value.source, value.width, value.height) : value;
      this.#running().add(stream, again, timestamp);
    }
    for (const stream of this.#closedInputs) this.#running().close(stream);
  }

  /** Drop the packets that are kept. */
  #forget() {
    for (const { value } of this.#kept.splice(0)) release(value);
  }
}
