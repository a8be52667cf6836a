// Which device a graph computes on.

import { GraphError } from "../runtime/errors.js";
import { openWasm } from "./wasm.js";
import { openWebgpu } from "./webgpu.js";

/**
 * A GPU, unless it is one in software, which is much slower than wasm; else wasm.
 * @param {"auto" | import("../graph.js").DeviceName} wanted
 * @param {import("../runtime/runner.js").Setup} setup
 * @returns {Promise<import("./device.js").Device>}
 */
export async function openDevice(wanted, { urls, description }) {
  if (!["auto", "webgpu", "wasm"].includes(wanted)) {
    throw new GraphError(`device is "${wanted}"; it must be "auto", "webgpu" or "wasm".`);
  }
  // Loaded while the browser looks for a GPU, which takes longer.
  const wasm = wanted === "webgpu" ? null : openWasm(urls["kernels.wasm"], description.parameters);
  wasm?.catch(() => {});
  if (wanted !== "wasm") {
    const gpu = await openWebgpu(urls["shaders.json"], description.parameters, wanted === "webgpu");
    if (gpu) return gpu;
    if (wanted === "webgpu") {
      throw new GraphError('This browser offers no GPU to this page (WebGPU). Use the device "auto" or "wasm".');
    }
  }
  return /** @type {Promise<import("./device.js").Device>} */ (wasm);
}
