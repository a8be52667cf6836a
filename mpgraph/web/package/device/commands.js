// The commands recorded for a GPU since the last submission.

import { PARAMETERS_SIZE, pack } from "./device.js";

/**
 * @typedef {import("./kernels.js").Kernel} Kernel
 *
 * @typedef {object} Call A dispatch whose parameters never change.
 * @property {Kernel} kernel
 * @property {GPUBufferBinding[]} operands
 * @property {[number, number, number]} groups
 * @property {number[]} parameters Words.
 *
 * @typedef {{kernel: Kernel, group: GPUBindGroup, offset: number, groups: [number, number, number]}[]} Prepared
 */

/** Bytes of parameters in one submission: WebGPU's limit for the binding of a uniform buffer. */
const ARENA_SIZE = 65536;

/** The bind groups that are kept, since memory is handed out again. */
const MAX_GROUPS = 256;

export class Commands {
  #arena = new ArrayBuffer(ARENA_SIZE);
  #used = 0;
  /** @type {GPUCommandEncoder | null} */
  #encoder = null;
  /** @type {GPUComputePassEncoder | null} */
  #pass = null;
  /** @type {Map<string, GPUBindGroup>} */
  #groups = new Map();
  /** Numbers of textures and buffers, for the names of bind groups. @type {WeakMap<object, number>} */
  #numbers = new WeakMap();
  #count = 0;
  #uniforms;

  /** @param {GPUDevice} gpu @param {import("./device.js").ParameterLayouts} layouts */
  constructor(gpu, layouts) {
    this.gpu = gpu;
    this.layouts = layouts;
    this.#uniforms = this.#uniformBuffer(ARENA_SIZE);
  }

  /**
   * Record a kernel with one invocation for each of width x height positions.
   * @param {Kernel} kernel
   * @param {(GPUTexture | GPUBuffer)[]} operands
   * @param {number} width
   * @param {number} height
   * @param {import("./device.js").Parameters} parameters
   */
  dispatch(kernel, operands, width, height, parameters) {
    if (this.#used === ARENA_SIZE) this.submit();
    const offset = this.#used;
    pack(this.layouts, kernel.name, parameters, new DataView(this.#arena), offset);
    this.#used += PARAMETERS_SIZE;
    const [x, y] = kernel.shader.workgroup;
    const pass = this.#inPass();
    pass.setPipeline(kernel.pipeline);
    pass.setBindGroup(0, this.#group(kernel, operands), [offset]);
    pass.dispatchWorkgroups(Math.ceil(width / x), Math.ceil(height / y));
  }

  /** Bind the operands of dispatches that are recorded again and again. @param {Call[]} calls @returns {Prepared} */
  prepare(calls) {
    const words = new Int32Array((calls.length * PARAMETERS_SIZE) / 4);
    calls.forEach(({ parameters }, i) => words.set(parameters, (i * PARAMETERS_SIZE) / 4));
    const uniforms = this.#uniformBuffer(words.byteLength);
    this.gpu.queue.writeBuffer(uniforms, 0, words);
    return calls.map(({ kernel, operands, groups }, i) => ({
      kernel,
      group: this.#bound(kernel, uniforms, operands),
      offset: i * PARAMETERS_SIZE,
      groups,
    }));
  }

  /** Record prepared dispatches. @param {Prepared} prepared */
  run(prepared) {
    const pass = this.#inPass();
    for (const { kernel, group, offset, groups } of prepared) {
      pass.setPipeline(kernel.pipeline);
      pass.setBindGroup(0, group, [offset]);
      pass.dispatchWorkgroups(...groups);
    }
  }

  /** @param {GPUBuffer} from @param {GPUBuffer} to @param {number} size */
  copy(from, to, size) {
    this.#outsidePass().copyBufferToBuffer(from, 0, to, 0, size);
  }

  /** @param {GPUTexture} from @param {GPUTexture} to @param {number} width @param {number} height */
  copyTexture(from, to, width, height) {
    this.#outsidePass().copyTextureToTexture({ texture: from }, { texture: to }, [width, height]);
  }

  /** @param {GPUTexture} texture @param {GPUBuffer} buffer @param {number} width @param {number} height @param {number} bytesPerRow */
  readTexture(texture, buffer, width, height, bytesPerRow) {
    this.#outsidePass().copyTextureToBuffer({ texture }, { buffer, bytesPerRow }, [width, height]);
  }

  submit() {
    if (!this.#encoder) return;
    const encoder = this.#outsidePass();
    if (this.#used) this.gpu.queue.writeBuffer(this.#uniforms, 0, this.#arena, 0, this.#used);
    this.#used = 0;
    this.#encoder = null;
    this.gpu.queue.submit([encoder.finish()]);
  }

  #inPass() {
    this.#encoder ??= this.gpu.createCommandEncoder();
    this.#pass ??= this.#encoder.beginComputePass();
    return this.#pass;
  }

  #outsidePass() {
    this.#encoder ??= this.gpu.createCommandEncoder();
    this.#pass?.end();
    this.#pass = null;
    return this.#encoder;
  }

  /** @param {Kernel} kernel @param {(GPUTexture | GPUBuffer)[]} operands */
  #group(kernel, operands) {
    const key = [kernel.name, ...operands.map((operand) => this.#number(operand))].join();
    let group = this.#groups.get(key);
    if (!group) {
      const views = operands.map((operand) => ("createView" in operand ? operand.createView() : { buffer: operand }));
      group = this.#bound(kernel, this.#uniforms, views);
      if (this.#groups.size >= MAX_GROUPS) this.#groups.clear();
      this.#groups.set(key, group);
    }
    return group;
  }

  /** @param {object} operand */
  #number(operand) {
    let number = this.#numbers.get(operand);
    if (number === undefined) {
      number = this.#count++;
      this.#numbers.set(operand, number);
    }
    return number;
  }

  /** @param {Kernel} kernel @param {GPUBuffer} uniforms @param {GPUBindingResource[]} operands */
  #bound({ layout, shader, name }, uniforms, operands) {
    const resources = [{ buffer: uniforms, size: PARAMETERS_SIZE }, ...operands];
    const entries = shader.bindings.map(({ binding }, i) => ({ binding, resource: resources[i] }));
    return this.gpu.createBindGroup({ layout, entries, label: name });
  }

  /** @param {number} size */
  #uniformBuffer(size) {
    return this.gpu.createBuffer({ size, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  }
}
