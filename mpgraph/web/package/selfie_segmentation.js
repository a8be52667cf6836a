/**
 * Selfie segmentation for web pages; the API of `@mediapipe/selfie_segmentation`, above an exported graph.
 *
 *     const segmentation = new SelfieSegmentation();
 *     segmentation.setOptions({ modelSelection: 1 });
 *     segmentation.onResults(({ image, segmentationMask }) => ...);
 *     await segmentation.send({ image: video });
 *
 * Instances are independent of each other. Importing this module touches neither the page nor the network, so it can
 * be imported on servers, too; it works in pages and in workers.
 */

import { CheckedOptions } from "./solution/options.js";
import { ready, SOURCES } from "./solution/source.js";

/** The version of this package. */
export const VERSION = "0.2.0";

/** @typedef {import("./solution/source.js").InputImage} InputImage */

/**
 * @typedef {object} InputMap
 * @property {InputImage} image A video, image or canvas element, OffscreenCanvas, ImageBitmap, ImageData, VideoFrame.
 */

/**
 * What a frame has become. Both images have the size of the input.
 * @typedef {object} Results
 * @property {ImageBitmap} image The input, mirrored in selfie mode.
 * @property {ImageBitmap} segmentationMask Alpha is how much of a person each pixel is; red is 255.
 * @property {() => void} close Frees both images at once, rather than when memory is tidied up. Not in the original.
 */

/** @typedef {(results: Results) => Promise<void> | void} ResultsListener */

/**
 * @typedef {object} SelfieSegmentationConfig
 * @property {(path: string, prefix?: string) => string} [locateFile] The address of a file of this package, by its
 *   name. Needed only where the files are not beside this module.
 */

/** @typedef {import("./solution/options.js").Options} Options */
/** @import { Graph } from "./graph.js" */

const CLOSED = "This SelfieSegmentation is closed; create a new one.";

export class SelfieSegmentation {
  #options = new CheckedOptions();
  /** @type {SelfieSegmentationConfig["locateFile"]} */
  #locateFile;
  /** @type {ResultsListener | undefined} */
  #listener;
  /** The graph for the options of the key, while it is loading or loaded. @type {{key: string, running: Promise<Running>} | undefined} */
  #graph;
  #restart = false;
  #closed = false;
  /** Settled when all sends so far are; frames take their turns. @type {Promise<unknown>} */
  #last = Promise.resolve();

  /** @param {SelfieSegmentationConfig} [config] */
  constructor(config = {}) {
    const { locateFile } = config ?? {};
    if (locateFile !== undefined && typeof locateFile !== "function") {
      throw new TypeError("locateFile is a function from a file's name to its address, such as (file) => `/models/${file}`");
    }
    this.#locateFile = locateFile;
  }

  /**
   * Change options; they apply from the next `send`. Options that are not given stay as they are.
   *
   * Throws a TypeError for an unknown option or a value of the wrong type, a RangeError for a model that does not exist.
   * @param {Options} options
   */
  setOptions(options) {
    this.#options.set(options);
  }

  /**
   * Call `listener` with the results of each `send`, which waits for its promise; there is one listener, the latest.
   * @param {ResultsListener} listener
   */
  onResults(listener) {
    if (typeof listener !== "function") throw new TypeError("onResults needs a function that takes the results");
    this.#listener = listener;
  }

  /**
   * Load the model now rather than with the first frame.
   *
   * Rejects with an Error that names the address of a file that cannot be loaded; may be tried again.
   */
  async initialize() {
    await this.#running();
  }

  /**
   * Process one frame. Resolves when the listener has dealt with its results; frames are processed in the order in
   * which they were sent. A video that has no frame yet is waited for.
   *
   * Rejects with a TypeError for something that is not an image, and with whatever the listener throws; the next frame
   * is processed all the same.
   * @param {InputMap} inputs
   */
  async send(inputs) {
    const image = imageOf(inputs);
    const turn = this.#last.then(() => this.#process(image));
    this.#last = turn.catch(() => {});
    await turn;
  }

  /** Forget what was learned from earlier frames, as at the beginning of another video. */
  reset() {
    this.#restart = true;
  }

  /** Free the model and the device. The frame that is being processed is waited for; closing twice is harmless. */
  async close() {
    this.#closed = true;
    const graph = this.#graph;
    this.#graph = undefined;
    await this.#last;
    await graph?.running.then(
      (running) => running.close(),
      () => {}, // It was never loaded.
    );
  }

  /** Where the model runs, once it is loaded: "webgpu" or "wasm". @returns {Promise<"webgpu" | "wasm">} */
  async device() {
    return (await this.#running()).graph.device;
  }

  /** @param {InputImage} image */
  async #process(image) {
    await ready(image);
    const running = await this.#running();
    if (this.#restart) {
      this.#restart = false;
      await running.restart();
    }
    const results = await running.process(image, this.#options.selfieMode);
    if (this.#closed) results.close();
    else await this.#listener?.(results);
  }

  /** The graph for the present options. @returns {Promise<Running>} */
  #running() {
    if (this.#closed) return Promise.reject(new Error(CLOSED));
    const { model, device } = this.#options;
    const key = `${model} on ${device}`;
    if (this.#graph?.key !== key) {
      void this.#graph?.running.then((running) => running.close()).catch(() => {});
      const graph = { key, running: this.#load(model, device) };
      this.#graph = graph;
      graph.running.catch(() => {
        if (this.#graph === graph) this.#graph = undefined; // The next frame tries again.
      });
    }
    return this.#graph.running;
  }

  /**
   * @param {import("./solution/options.js").Model} model
   * @param {import("./solution/options.js").Device} device
   */
  async #load(model, device) {
    // Imported late: nothing of the runtime is needed before the first frame.
    const [{ Graph }, { address }] = await Promise.all([import("./graph.js"), import("./solution_files.js")]);
    const locate = (/** @type {string} */ name) => address(name, this.#locateFile);
    // The two graphs sample images as MediaPipe's do on a GPU and on a CPU.
    const kind = await Graph.deviceFor(device);
    const url = /** @type {string} */ (locate(`selfie_segmentation_${model}_${kind}.graph.json`));
    const graph = await Graph.load(url, { device, resources: locate });
    const running = new Running(graph);
    await running.start();
    return running;
  }
}

/** A running graph, one frame at a time. */
class Running {
  /** @type {ImageBitmap | undefined} */
  #image;
  /** @type {ImageBitmap | undefined} */
  #mask;
  #timestamp = 0;

  /** @param {Graph} graph */
  constructor(graph) {
    this.graph = graph;
    graph.observeOutputStream("image_transformed", ({ value }) => void (this.#image = value));
    graph.observeOutputStream("segmentation_mask", ({ value }) => void (this.#mask = value));
  }

  async start() {
    await this.graph.startRun();
  }

  async restart() {
    await this.graph.cancel();
    await this.start();
  }

  /** @param {InputImage} image @param {boolean} flip @returns {Promise<Results>} */
  async process(image, flip) {
    // Microseconds that increase, whatever the clock does.
    this.#timestamp = Math.max(this.#timestamp + 1, Math.round(performance.now() * 1000));
    await this.graph.addPacketToInputStream("selfie_mode", flip, this.#timestamp);
    await this.graph.addPacketToInputStream("input_frames", image, this.#timestamp);
    await this.graph.waitUntilIdle();
    const [transformed, segmentationMask] = [this.#image, this.#mask];
    this.#image = this.#mask = undefined;
    if (!transformed || !segmentationMask) throw new Error("The graph has sent no results for this frame.");
    return {
      image: transformed,
      segmentationMask,
      close() {
        transformed.close();
        segmentationMask.close();
      },
    };
  }

  close() {
    this.graph.close();
  }
}

/** @param {InputMap} inputs @returns {InputImage} */
function imageOf(inputs) {
  const given = inputs && typeof inputs === "object" ? Object.keys(inputs) : [];
  if (!given.includes("image")) {
    const found = given.length > 0 ? `, not {${given.join(", ")}}. Did you mean {image: ${given[0]}}?` : "";
    throw new TypeError(`send takes {image: ...}${found}`);
  }
  const { image } = inputs;
  if (!SOURCES.some((name) => isA(image, name))) {
    const kind = image === null || image === undefined ? String(image) : (image.constructor?.name ?? typeof image);
    throw new TypeError(`send({image}) takes one of ${SOURCES.join(", ")}, not ${kind}.`);
  }
  return image;
}

/** @param {unknown} value @param {string} name Of a class that this browser, or a worker, may lack. */
function isA(value, name) {
  const type = /** @type {Record<string, any>} */ (globalThis)[name];
  return typeof type === "function" && value instanceof type;
}
