// Numbers of half precision, in which most models store their weights.

import { GraphError } from "../runtime/errors.js";

/** @type {Float32Array | null} */
let subnormals = null;

/**
 * The weights of a model as float32.
 * @param {ArrayBuffer} bytes
 * @param {{type: "float16" | "float32", count: number}} weights
 * @param {string} url For the message of an error.
 */
export function floatsOf(bytes, { type, count }, url) {
  const size = count * (type === "float16" ? 2 : 4);
  if (bytes.byteLength !== size) {
    throw new GraphError(`${url} has ${bytes.byteLength} bytes; the model needs ${size}. Export the graph again.`);
  }
  return type === "float16" ? fromHalf(new Uint16Array(bytes)) : new Float32Array(bytes);
}

/** @param {Uint16Array} halves */
export function fromHalf(halves) {
  const result = new Float32Array(halves.length);
  const bits = new Uint32Array(result.buffer);
  subnormals ??= Float32Array.from({ length: 1024 }, (_, i) => i * 2 ** -24);
  const small = new Uint32Array(subnormals.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i];
    const exponent = (half >> 10) & 31;
    const magnitude =
      exponent === 0 ? small[half & 1023] : exponent === 31 ? 0x7f800000 | ((half & 1023) << 13) : ((half & 0x7fff) << 13) + 0x38000000;
    bits[i] = magnitude | ((half & 0x8000) << 16);
  }
  return result;
}
