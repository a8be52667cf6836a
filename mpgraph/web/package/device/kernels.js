// The WGSL kernels, compiled for a GPU when first needed.

import { GraphError } from "../runtime/errors.js";

/**
 * @typedef {object} Shader A kernel in shaders.json, as Python read it.
 * @property {string} text
 * @property {[number, number, number]} workgroup
 * @property {Omit<GPUBindGroupLayoutEntry, "visibility">[]} bindings
 *
 * @typedef {object} Kernel
 * @property {string} name
 * @property {Shader} shader
 * @property {GPUBindGroupLayout} layout
 * @property {GPUComputePipeline} pipeline
 */

export class Kernels {
  /** @type {Map<string, Kernel>} */
  #compiled = new Map();

  /** @param {GPUDevice} gpu @param {Record<string, Shader>} shaders */
  constructor(gpu, shaders) {
    this.gpu = gpu;
    this.shaders = shaders;
  }

  /** The kernel, compiled at once if it is not yet. @param {string} name */
  get(name) {
    let kernel = this.#compiled.get(name);
    if (!kernel) {
      const { layout, descriptor } = this.#described(name);
      kernel = { name, shader: this.shaders[name], layout, pipeline: this.gpu.createComputePipeline(descriptor) };
      this.#compiled.set(name, kernel);
    }
    return kernel;
  }

  /** Compile a kernel in the background. @param {string} name */
  async compile(name) {
    if (this.#compiled.has(name)) return;
    const { layout, descriptor } = this.#described(name);
    const pipeline = await this.gpu.createComputePipelineAsync(descriptor);
    this.#compiled.set(name, { name, shader: this.shaders[name], layout, pipeline });
  }

  /** @param {string} name */
  #described(name) {
    const shader = this.shaders[name];
    if (!shader) throw new GraphError(`There is no kernel "${name}" in shaders.json.`);
    const { gpu } = this;
    const visibility = GPUShaderStage.COMPUTE;
    const entries = shader.bindings.map((entry) => ({ ...entry, visibility }));
    const layout = gpu.createBindGroupLayout({ entries, label: name });
    const descriptor = {
      layout: gpu.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module: gpu.createShaderModule({ code: shader.text, label: name }), entryPoint: "main" },
      label: name,
    };
    return { layout, descriptor };
  }
}
