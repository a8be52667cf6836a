// The device `wasm`: one core of the CPU, in SIMD WebAssembly. Its functions have the names and the parameters of
// the WGSL kernels, one call for all invocations.

import { GraphError, messageOf } from "../runtime/errors.js";
import { closeSource } from "../runtime/frames.js";
import { read } from "../runtime/fetching.js";
import { DeviceImage, DeviceTensor, PARAMETERS_SIZE, pack } from "./device.js";
import { Heap } from "./heap.js";
import { canvasOf, canvasPixels } from "./pixels.js";

/**
 * @typedef {import("./device.js").Device} Device
 * @typedef {import("./device.js").Plan} Plan
 * @typedef {import("./device.js").Source} Source
 * @typedef {import("./device.js").Memory} Memory
 *
 * @typedef {(...addresses: number[]) => void} Kernel
 */

/** Operands of a model's kernel: the result, and at most four sources. */
const OPERANDS = 5;

/** The longest side of an image: the length of the kernels' rows. */
const MAX_SIDE = 8192;

/**
 * @param {string} url Of kernels.wasm.
 * @param {import("./device.js").ParameterLayouts} layouts
 */
export async function openWasm(url, layouts) {
  const response = await read(url);
  const bytes = await response.arrayBuffer();
  let instance;
  try {
    ({ instance } = await WebAssembly.instantiate(bytes, {}));
  } catch (error) {
    throw new GraphError(
      `${url} cannot be compiled: ${messageOf(error)}. It needs a browser with SIMD in WebAssembly, and under a` +
        " Content-Security-Policy script-src 'wasm-unsafe-eval'.",
      { cause: error },
    );
  }
  return new WasmDevice(/** @type {any} */ (instance.exports), layouts);
}

/** @implements {Device} */
export class WasmDevice {
  name = /** @type {const} */ ("wasm");
  /** It never is. @type {Promise<string>} */
  lost = new Promise(() => {});
  /** Images and tensors, but not the memory of models. @type {Set<Memory>} */
  #alive = new Set();
  #parameters;
  #heap;
  #memory;

  /** @param {any} kernels The exports of kernels.wasm. @param {import("./device.js").ParameterLayouts} layouts */
  constructor(kernels, layouts) {
    this.kernels = /** @type {Record<string, Kernel>} */ (kernels);
    this.layouts = layouts;
    this.#memory = /** @type {WebAssembly.Memory} */ (kernels.memory);
    this.#heap = new Heap(this.#memory, kernels.heapStart());
    this.#parameters = this.#heap.allocate(PARAMETERS_SIZE);
  }

  /** @param {Source} source @param {number} width @param {number} height */
  upload(source, width, height) {
    const pixels = canvasPixels(source, width, height);
    const image = this.newImage(width, height);
    this.#bytes(image.handle, pixels.length).set(pixels);
    image.source = source;
    return image;
  }

  /** @param {number} width @param {number} height @returns {DeviceImage} */
  newImage(width, height) {
    if (Math.max(width, height) > MAX_SIDE) {
      throw new GraphError(`An image of ${width} x ${height} pixels is too large; each side has at most ${MAX_SIDE}.`);
    }
    const start = this.#heap.allocate(width * height * 4);
    return this.#living(new DeviceImage(this, start, this.#free, width, height));
  }

  /** @param {number[]} shape @returns {DeviceTensor} */
  newTensor(shape) {
    const bytes = shape.reduce((product, side) => product * side, 4);
    return this.#living(new DeviceTensor(this, this.#heap.allocate(bytes), this.#free, shape));
  }

  /**
   * @param {string} kernel
   * @param {Memory} target
   * @param {Memory[]} sources
   * @param {number} _width
   * @param {number} _height
   * @param {import("./device.js").Parameters} parameters
   */
  dispatch(kernel, target, sources, _width, _height, parameters) {
    pack(this.layouts, kernel, parameters, new DataView(this.#memory.buffer), this.#parameters);
    const operands = sources.flatMap((source) =>
      source instanceof DeviceImage ? [source.handle, source.width, source.height] : [source.handle, 0, 0],
    );
    this.#kernel(kernel)(this.#parameters, target.handle, ...operands);
  }

  /** @param {Plan} plan @param {Float32Array} weights @returns {Promise<import("./device.js").Model>} */
  async load(plan, weights) {
    const buffers = plan.buffers.map((size) => this.#heap.allocate(size));
    // Inputs and outputs are packed; what follows their last value in the buffer must be 0.
    buffers.forEach((start, i) => this.#bytes(start, plan.buffers[i]).fill(0));
    const constants = this.#heap.allocate(weights.byteLength);
    new Float32Array(this.#memory.buffer, constants, weights.length).set(weights);
    const calls = plan.dispatches.map(({ kernel, target, sources, parameters }) => {
      const words = this.#heap.allocate(parameters.length * 4);
      new Int32Array(this.#memory.buffer, words, parameters.length).set(parameters);
      const operands = sources.map((source) => (Array.isArray(source) ? constants + source[0] : buffers[source]));
      const addresses = [words, buffers[target], ...operands];
      while (addresses.length <= OPERANDS) addresses.push(0);
      return { kernel: this.#kernel(kernel), addresses };
    });
    return {
      inputs: plan.inputs.map(({ shape }) => shape),
      run: (tensors) => {
        tensors.forEach((tensor, i) => this.#copy(tensor.handle, buffers[plan.inputs[i].buffer], tensor.size * 4));
        for (const { kernel, addresses: a } of calls) kernel(a[0], a[1], a[2], a[3], a[4], a[5]);
        return plan.outputs.map(({ buffer, shape }) => {
          const result = this.newTensor(shape);
          this.#copy(buffers[buffer], result.handle, result.size * 4);
          return result;
        });
      },
    };
  }

  submit() {}

  finished() {
    return null;
  }

  /** @param {DeviceImage} image @returns {Promise<ImageBitmap>} */
  async bitmap(image) {
    if (image.source) return createImageBitmap(image.source);
    const { canvas, context } = canvasOf(image.width, image.height);
    return this.#opened(image, (pixels) => {
      // Without a copy in between: this is done before the memory can change.
      context.putImageData(new ImageData(pixels, image.width, image.height), 0, 0);
      return canvas.transferToImageBitmap();
    });
  }

  /** @param {DeviceImage} image */
  async pixels(image) {
    return this.#opened(image, (pixels) => new ImageData(pixels.slice(), image.width, image.height));
  }

  /**
   * Use the pixels of an image as canvases take them: not multiplied by alpha.
   * @template T
   * @param {DeviceImage} image
   * @param {(pixels: Uint8ClampedArray<ArrayBuffer>) => T} use
   */
  #opened({ handle, width, height, premultiplied }, use) {
    const size = width * height * 4;
    if (!premultiplied) return use(this.#bytes(handle, size));
    const opened = this.#heap.allocate(size);
    try {
      this.#kernel("unpremultiply")(opened, handle, width * height);
      return use(this.#bytes(opened, size));
    } finally {
      this.#heap.release(opened);
    }
  }

  /** @param {DeviceTensor} tensor */
  async floats(tensor) {
    return new Float32Array(this.#memory.buffer, tensor.handle, tensor.size).slice();
  }

  reclaim() {
    this.#alive.forEach(this.#free);
  }

  close() {
    // The instance goes with the last reference to it.
    this.reclaim();
  }

  /** @param {number} start @param {number} length @returns {Uint8ClampedArray<ArrayBuffer>} */
  #bytes(start, length) {
    return new Uint8ClampedArray(/** @type {ArrayBuffer} */ (this.#memory.buffer), start, length);
  }

  /** @param {number} from @param {number} to @param {number} size */
  #copy(from, to, size) {
    new Uint8Array(this.#memory.buffer).copyWithin(to, from, from + size);
  }

  /** @template {Memory} T @param {T} memory */
  #living(memory) {
    this.#alive.add(memory);
    return memory;
  }

  /** @param {Memory} memory */
  #free = (memory) => {
    // After `reclaim`, whoever still refers to the memory of an ended run frees nothing.
    if (!this.#alive.delete(memory)) return;
    if (memory instanceof DeviceImage) closeSource(memory.source);
    this.#heap.release(memory.handle);
  };

  /** @param {string} name */
  #kernel(name) {
    const kernel = this.kernels[name];
    if (!kernel) throw new GraphError(`The device "wasm" has no kernel "${name}"; a browser with WebGPU is needed.`);
    return kernel;
  }
}

