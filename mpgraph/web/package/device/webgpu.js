// The device `webgpu`: the WGSL kernels of Python on the browser's GPU.

import { GraphError, messageOf } from "../runtime/errors.js";
import { closeSource } from "../runtime/frames.js";
import { readJson } from "../runtime/fetching.js";
import { findAdapter } from "./adapter.js";
import { Commands } from "./commands.js";
import { DeviceImage, DeviceTensor, Memory } from "./device.js";
import { Kernels } from "./kernels.js";
import { opened } from "./pixels.js";
import { Pool } from "./pool.js";

/**
 * @typedef {import("./device.js").Device} Device
 * @typedef {import("./device.js").Plan} Plan
 * @typedef {import("./device.js").Source} Source
 */

/** The longest side of a texture that every browser grants. */
const MAX_SIDE = 8192;

/** Rows in a copy from a texture begin at multiples of so many bytes. */
const ROW_ALIGNMENT = 256;

/**
 * @param {string} url Of shaders.json.
 * @param {import("./device.js").ParameterLayouts} layouts
 * @param {boolean} acceptSoftware Whether a GPU that is only emulated will do.
 * @returns {Promise<import("./device.js").Device | null>} null without a GPU.
 */
export async function openWebgpu(url, layouts, acceptSoftware) {
  const found = await findAdapter(acceptSoftware);
  if (!found) return null;
  const shaders = await readJson(url);
  const gpu = await found.adapter.requestDevice().catch(() => null);
  return gpu && new WebgpuDevice(gpu, shaders, layouts, found.isSoftware);
}

/** @implements {Device} */
class WebgpuDevice {
  name = /** @type {const} */ ("webgpu");
  /** Images and tensors, but not the memory of models. @type {Set<Memory>} */
  #alive = new Set();
  /** @type {{canvas: OffscreenCanvas, context: GPUCanvasContext} | null} */
  #screen = null;
  /** @type {(reason: string) => void} */
  #reportLoss = () => {};
  #kernels;
  #commands;
  #textures;
  #buffers;

  /**
   * @param {GPUDevice} gpu
   * @param {Record<string, import("./kernels.js").Shader>} shaders
   * @param {import("./device.js").ParameterLayouts} layouts
   * @param {boolean} isSoftware
   */
  constructor(gpu, shaders, layouts, isSoftware) {
    this.gpu = gpu;
    this.isSoftware = isSoftware;
    this.#kernels = new Kernels(gpu, shaders);
    this.#commands = new Commands(gpu, layouts);
    this.#textures = new Pool((/** @type {string} */ key) => newTexture(gpu, key));
    this.#buffers = new Pool((/** @type {string} */ key) => newBuffer(gpu, Number(key)));
    /** @type {Promise<string>} */
    this.lost = new Promise((resolve) => {
      gpu.lost.then(({ message, reason }) => resolve(message || reason));
      // Whatever else goes wrong would show as blank images, so the device counts as lost.
      gpu.onuncapturederror = ({ error }) => resolve(error.message);
      this.#reportLoss = resolve;
    });
  }

  /** @param {Source} source @param {number} width @param {number} height */
  upload(source, width, height) {
    const image = this.newImage(width, height);
    // Earlier commands may still read the texture, which the queue would write to before they run.
    this.submit();
    const size = [width, height];
    if (source instanceof ImageData) {
      this.gpu.queue.writeTexture({ texture: image.handle }, source.data, { bytesPerRow: width * 4 }, size);
    } else {
      this.gpu.queue.copyExternalImageToTexture({ source }, { texture: image.handle }, size);
    }
    image.source = source;
    return image;
  }

  /** @param {number} width @param {number} height @returns {DeviceImage} */
  newImage(width, height) {
    if (Math.max(width, height) > MAX_SIDE) {
      throw new GraphError(`An image of ${width} x ${height} pixels is too large; each side has at most ${MAX_SIDE}.`);
    }
    return this.#living(new DeviceImage(this, this.#textures.take(`${width}x${height}`), this.#free, width, height));
  }

  /** @param {number[]} shape @returns {DeviceTensor} */
  newTensor(shape) {
    const bytes = shape.reduce((product, side) => product * side, 4);
    return this.#living(new DeviceTensor(this, this.#buffers.take(String(bytes)), this.#free, shape));
  }

  /**
   * @param {string} name
   * @param {Memory} target
   * @param {Memory[]} sources
   * @param {number} width
   * @param {number} height
   * @param {import("./device.js").Parameters} parameters
   */
  dispatch(name, target, sources, width, height, parameters) {
    const kernel = this.#kernels.get(name);
    this.#commands.dispatch(kernel, [target, ...sources].map(({ handle }) => handle), width, height, parameters);
  }

  /** @param {Plan} plan @param {Float32Array<ArrayBuffer>} weights @returns {Promise<import("./device.js").Model>} */
  async load(plan, weights) {
    const { gpu } = this;
    const used = [...new Set(plan.dispatches.map(({ kernel }) => kernel))];
    await Promise.all(used.map((name) => this.#kernels.compile(name)));
    const buffers = plan.buffers.map((size) => newBuffer(gpu, size));
    const constants = newBuffer(gpu, weights.byteLength);
    gpu.queue.writeBuffer(constants, 0, weights);
    const calls = this.#commands.prepare(
      plan.dispatches.map(({ kernel, target, sources, groups, parameters }) => ({
        kernel: this.#kernels.get(kernel),
        operands: [
          { buffer: buffers[target] },
          ...sources.map((source) =>
            Array.isArray(source) ? { buffer: constants, offset: source[0], size: source[1] } : { buffer: buffers[source] },
          ),
        ],
        groups,
        parameters,
      })),
    );
    return {
      inputs: plan.inputs.map(({ shape }) => shape),
      run: (tensors) => {
        tensors.forEach((tensor, i) => this.#commands.copy(tensor.handle, buffers[plan.inputs[i].buffer], tensor.size * 4));
        this.#commands.run(calls);
        return plan.outputs.map(({ buffer, shape }) => {
          const result = this.newTensor(shape);
          this.#commands.copy(buffers[buffer], result.handle, result.size * 4);
          return result;
        });
      },
    };
  }

  submit() {
    this.#commands.submit();
  }

  finished() {
    this.submit();
    return this.#done(this.gpu.queue.onSubmittedWorkDone());
  }

  /** @param {DeviceImage} image @returns {Promise<ImageBitmap>} */
  async bitmap(image) {
    if (image.source) return createImageBitmap(image.source);
    // Drawing WebGPU's canvases is not reliable in software.
    if (this.isSoftware) return createImageBitmap(await this.pixels(image));
    const shown = image.premultiplied ? image : this.newImage(image.width, image.height);
    if (shown !== image) {
      const { width, height } = image;
      this.dispatch("premultiply", shown, [image], width, height, { width, height });
    }
    const { canvas, context } = this.#screenOf(image.width, image.height);
    this.#commands.copyTexture(shown.handle, context.getCurrentTexture(), image.width, image.height);
    this.submit();
    if (shown !== image) shown.release();
    const bitmap = canvas.transferToImageBitmap();
    await this.finished();
    return bitmap;
  }

  /** @param {DeviceImage} image */
  async pixels(image) {
    const { width, height } = image;
    const pitch = Math.ceil((width * 4) / ROW_ALIGNMENT) * ROW_ALIGNMENT;
    const bytes = new Uint8Array(
      await this.#read(pitch * height, (target) => this.#commands.readTexture(image.handle, target, width, height, pitch)),
    );
    const data = new ImageData(width, height);
    for (let y = 0; y < height; y++) data.data.set(bytes.subarray(y * pitch, y * pitch + width * 4), y * width * 4);
    if (image.premultiplied) opened(data.data);
    return data;
  }

  /** @param {DeviceTensor} tensor */
  async floats(tensor) {
    const size = tensor.size * 4;
    return new Float32Array(await this.#read(size, (target) => this.#commands.copy(tensor.handle, target, size)));
  }

  reclaim() {
    this.#alive.forEach(this.#free);
  }

  close() {
    this.reclaim();
    this.gpu.destroy();
  }

  /** Wait for the GPU. What waits for one that is lost waits for ever: its run is replaced. @param {Promise<undefined>} work @returns {Promise<void>} */
  #done(work) {
    return work.catch((error) => {
      this.#reportLoss(messageOf(error));
      return new Promise(() => {});
    });
  }

  /** @param {number} size @param {(target: GPUBuffer) => void} copy Records the copy. */
  async #read(size, copy) {
    const target = this.gpu.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
    copy(target);
    this.submit();
    await this.#done(target.mapAsync(GPUMapMode.READ));
    const bytes = target.getMappedRange().slice(0);
    target.destroy();
    return bytes;
  }

  /** @param {number} width @param {number} height */
  #screenOf(width, height) {
    if (!this.#screen) {
      const canvas = new OffscreenCanvas(width, height);
      const context = /** @type {GPUCanvasContext | null} */ (/** @type {unknown} */ (canvas.getContext("webgpu")));
      if (!context) throw new GraphError("This browser cannot show images of its GPU.");
      this.#screen = { canvas, context };
      const usage = GPUTextureUsage.COPY_DST | GPUTextureUsage.RENDER_ATTACHMENT;
      context.configure({ device: this.gpu, format: "rgba8unorm", usage, alphaMode: "premultiplied" });
    }
    const { canvas } = this.#screen;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    return this.#screen;
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
    if (memory instanceof DeviceImage) {
      closeSource(memory.source);
      this.#textures.give(`${memory.width}x${memory.height}`, memory.handle);
    } else if (memory instanceof DeviceTensor) {
      this.#buffers.give(String(memory.size * 4), memory.handle);
    }
  };
}

/** @param {GPUDevice} gpu @param {string} key */
function newTexture(gpu, key) {
  const { TEXTURE_BINDING, STORAGE_BINDING, COPY_SRC, COPY_DST, RENDER_ATTACHMENT } = GPUTextureUsage;
  return gpu.createTexture({
    size: key.split("x").map(Number),
    format: "rgba8unorm",
    usage: TEXTURE_BINDING | STORAGE_BINDING | COPY_SRC | COPY_DST | RENDER_ATTACHMENT,
  });
}

/** @param {GPUDevice} gpu @param {number} size */
function newBuffer(gpu, size) {
  const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
  return gpu.createBuffer({ size: Math.max(size, 16), usage: STORAGE | COPY_SRC | COPY_DST });
}
