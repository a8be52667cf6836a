// What graphs compute on: the interface of devices, and the images and tensors in their memory.

import { GraphError } from "../runtime/errors.js";

/**
 * @typedef {Record<string, [name: string, type: string, offset: number][]>} ParameterLayouts Of each kernel.
 * @typedef {Record<string, number | number[] | boolean>} Parameters A kernel's parameters but width and height.
 *
 * @typedef {object} Plan A model as `mpgraph web` exports it: the dispatches that compute it.
 * @property {string} name
 * @property {number[]} buffers Their sizes in bytes.
 * @property {{type: "float16" | "float32", count: number}} weights
 * @property {Endpoint[]} inputs
 * @property {Endpoint[]} outputs
 * @property {Dispatch[]} dispatches
 *
 * @typedef {{buffer: number, shape: number[]}} Endpoint An input or output: packed, in its own buffer.
 *
 * @typedef {object} Dispatch
 * @property {string} kernel
 * @property {number} target A buffer.
 * @property {(number | [offset: number, size: number])[]} sources Buffers, or bytes of the weights.
 * @property {[number, number, number]} groups Workgroups on a GPU.
 * @property {number[]} parameters The kernel's Params as little-endian words.
 *
 * @typedef {object} Model A model in a device's memory.
 * @property {number[][]} inputs The shapes of its inputs.
 * @property {(tensors: DeviceTensor[]) => DeviceTensor[]} run New tensors; the arguments stay with their owner.
 *
 * @typedef {ImageBitmap | VideoFrame | ImageData | OffscreenCanvas} Source An image outside of devices.
 *
 * @typedef {object} Device
 * @property {import("../graph.js").DeviceName} name
 * @property {Promise<string>} lost Resolves with the reason when the device is lost.
 * @property {(source: Source, width: number, height: number) => DeviceImage} upload
 * @property {(width: number, height: number) => DeviceImage} newImage Its pixels are undefined.
 * @property {(shape: number[]) => DeviceTensor} newTensor Its values are undefined.
 * @property {(kernel: string, target: Memory, sources: Memory[], width: number, height: number, parameters: Parameters) => void} dispatch
 *   One invocation of a kernel of mpgraph/gpu/kernels for each of width x height positions.
 * @property {(plan: Plan, weights: Float32Array<ArrayBuffer>) => Promise<Model>} load
 * @property {() => void} submit Begin the work that is recorded.
 * @property {() => Promise<void> | null} finished When the work so far is done; null if it is.
 * @property {(image: DeviceImage) => Promise<ImageBitmap>} bitmap
 * @property {(image: DeviceImage) => Promise<ImageData>} pixels
 * @property {(tensor: DeviceTensor) => Promise<Float32Array>} floats
 * @property {() => void} reclaim Free the images and tensors of a run that has ended.
 * @property {() => void} close
 */

/** Memory of a device with a count of references; free when the count is 0. */
export class Memory {
  /** @param {Device} device @param {any} handle The device's own name for the memory. @param {(memory: Memory) => void} free */
  constructor(device, handle, free) {
    this.device = device;
    this.handle = handle;
    this.references = 1;
    this.free = free;
  }

  retain() {
    this.references++;
  }

  release() {
    if (--this.references === 0) this.free(this);
    if (this.references < 0) throw new GraphError("Memory of the device was released twice.");
  }
}

/** RGBA in bytes. */
export class DeviceImage extends Memory {
  /** @param {Device} device @param {any} handle @param {(memory: Memory) => void} free @param {number} width @param {number} height */
  constructor(device, handle, free, width, height) {
    super(device, handle, free);
    this.width = width;
    this.height = height;
    /** Whether the colours are multiplied by alpha already, as in masks: red = alpha = the share. */
    this.premultiplied = false;
    /** What was uploaded, for an image that came from outside; it belongs to this image. @type {any} */
    this.source = null;
  }
}

/** float32 values. */
export class DeviceTensor extends Memory {
  /** @param {Device} device @param {any} handle @param {(memory: Memory) => void} free @param {number[]} shape */
  constructor(device, handle, free, shape) {
    super(device, handle, free);
    this.shape = shape;
    /** Whether the graph counts it as on the GPU, where images may be upside down. */
    this.isForGpu = false;
  }

  get size() {
    return this.shape.reduce((product, side) => product * side, 1);
  }
}

/** @type {Record<string, "setInt32" | "setUint32" | "setFloat32">} */
const SETTERS = { i32: "setInt32", u32: "setUint32", f32: "setFloat32", "vec4<i32>": "setInt32", "vec4<f32>": "setFloat32" };

/** The largest `Params` of a kernel, in bytes. */
export const PARAMETERS_SIZE = 256;

/**
 * Write a kernel's parameters in the layout that its WGSL declares.
 * @param {ParameterLayouts} layouts
 * @param {string} kernel
 * @param {Parameters} values
 * @param {DataView} view
 * @param {number} start
 */
export function pack(layouts, kernel, values, view, start) {
  const layout = layouts[kernel];
  if (!layout) throw new GraphError(`The exported graph has no parameters of the kernel "${kernel}".`);
  for (const [name, type, offset] of layout) {
    const value = values[name];
    if (value === undefined) throw new GraphError(`The kernel ${kernel} needs the parameter ${name}.`);
    const numbers = Array.isArray(value) ? value : [Number(value)];
    numbers.forEach((number, i) => view[SETTERS[type]](start + offset + 4 * i, number, true));
  }
}
