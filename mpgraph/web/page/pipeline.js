/** The graph that the page runs, exchanged without a gap when the effect or the model changes. */

import { Graph } from "./package/graph.js";

/** @typedef {import("./compositor.js").Layers} Layers */
/** @typedef {import("./source.js").Frame} Frame */

/**
 * What to run: the graph's address, the names of its inputs and of the outputs that are needed.
 * @typedef {{url: string, video: string, mirror: string, outputs: string[]}} Plan
 */

export class Pipeline {
  /** @type {Running | undefined} */
  #running;
  #key = "";
  /** @type {Promise<unknown>} */
  #loading = Promise.resolve();

  /**
   * @param {(layers: Layers) => void} onLayers Called for each frame that has come through; the images are closed
   *   afterwards.
   * @param {(error: unknown) => void} onError
   * @param {(device: "webgpu" | "wasm") => void} onDevice
   */
  constructor(onLayers, onError, onDevice) {
    this.onLayers = onLayers;
    this.onError = onError;
    this.onDevice = onDevice;
  }

  /** Run another graph once it is loaded; until then the present one continues. @param {Plan} plan */
  async use(plan) {
    const key = JSON.stringify(plan);
    if (key === this.#key) return this.#loading;
    this.#key = key;
    this.#loading = this.#exchange(plan, key).catch((error) => {
      if (this.#key === key) this.#key = ""; // May be tried again.
      throw error;
    });
    return this.#loading;
  }

  /** @param {Frame} frame @param {boolean} mirror */
  async send(frame, mirror) {
    const running = this.#running;
    try {
      await running?.send(frame, mirror);
    } catch (error) {
      if (running === this.#running) throw error; // Else the graph was exchanged meanwhile.
    }
  }

  /** Wait until the graph has done with all frames: it drops what comes while it is busy. */
  async idle() {
    const running = this.#running;
    try {
      await running?.graph.waitUntilIdle();
    } catch (error) {
      if (running === this.#running) throw error;
    }
  }

  /** What each node has taken so far. */
  async statistics() {
    return (await this.#running?.graph.statistics()) ?? [];
  }

  /** @param {Plan} plan @param {string} key */
  async #exchange(plan, key) {
    const graph = await Graph.load(plan.url, { resources: modelFile });
    const running = new Running(graph, plan, (layers) => this.onLayers(layers));
    await graph.startRun();
    if (key !== this.#key) {
      graph.close(); // Meanwhile the user has chosen something else.
      return;
    }
    const before = this.#running;
    this.#running = running;
    before?.graph.close();
    graph.onDeviceChange = this.onDevice;
    this.onDevice(graph.device);
  }
}

class Running {
  /** @type {Map<number, Layers>} Images of frames of which some are still missing, by timestamp. */
  #waiting = new Map();
  #timestamp = 0;

  /** @param {Graph} graph @param {Plan} plan @param {(layers: Layers) => void} onLayers */
  constructor(graph, plan, onLayers) {
    this.graph = graph;
    this.plan = plan;
    this.onLayers = onLayers;
    for (const name of plan.outputs) {
      graph.observeOutputStream(name, ({ value, timestamp }) => this.#take(name, value, timestamp));
    }
  }

  /** @param {Frame} frame @param {boolean} mirror */
  async send(frame, mirror) {
    const { video, mirror: mirrorStream } = this.plan;
    this.#timestamp = Math.max(this.#timestamp + 1, Math.round(performance.now() * 1000));
    const timestamp = this.#timestamp; // Others may send during the await.
    if (mirrorStream) await this.graph.addPacketToInputStream(mirrorStream, mirror, timestamp);
    await this.graph.addPacketToInputStream(video, frame, timestamp);
  }

  /** @param {string} name @param {ImageBitmap} image @param {number} timestamp */
  #take(name, image, timestamp) {
    const layers = this.#waiting.get(timestamp) ?? {};
    layers[name] = image;
    this.#waiting.set(timestamp, layers);
    if (Object.keys(layers).length < this.plan.outputs.length) return;
    this.onLayers(layers);
    for (const [time, each] of this.#waiting) {
      if (time > timestamp) continue; // Earlier ones that are incomplete stay so.
      this.#waiting.delete(time);
      for (const part of Object.values(each)) part.close();
    }
  }
}

/** Models are part of the package, which the page shares with the JavaScript API. @param {string} name */
function modelFile(name) {
  return /\.(?:plan\.json|weights)$/.test(name) ? new URL(`package/graphs/${name}`, document.baseURI) : undefined;
}
