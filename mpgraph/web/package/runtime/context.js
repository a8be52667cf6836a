// What a calculator is given: its ports, options, side packets, and the device.

import { retain } from "./lifetime.js";
import { GraphError } from "./errors.js";

/**
 * @typedef {import("../graph.js").Port} Port
 * @typedef {import("./streams.js").Packet} Packet
 * @typedef {import("./streams.js").OutputStream} OutputStream
 * @typedef {import("./handlers.js").Input} Input
 * @typedef {import("../device/device.js").Device} Device
 *
 * @typedef {object} Services What the graph provides to all nodes.
 * @property {Device} device
 * @property {(name: string) => Promise<import("../device/device.js").Model>} model Loads a model of the graph.
 */

/** @param {Port[]} ports @returns {Map<string, number>} The position of each "TAG:index". */
const positions = (ports) => new Map(ports.map((port, i) => [`${port.tag}:${port.index}`, i]));

/** Of one node. Valid during open, process and close; packets of `process` are released after it. */
export class CalculatorContext {
  /** @type {Input[]} */
  #inputs = [];
  #in;
  #out;
  #outputs;

  /**
   * @param {import("../graph.js").NodeDescription} node
   * @param {OutputStream[]} outputs
   * @param {Map<string, any>} sidePackets By name.
   * @param {Services} services
   */
  constructor(node, outputs, sidePackets, services) {
    this.node = node;
    this.options = node.options;
    this.device = services.device;
    this.services = services;
    this.sidePackets = sidePackets;
    this.timestamp = 0;
    this.#in = positions(node.inputs);
    this.#out = positions(node.outputs);
    this.#outputs = outputs;
  }

  /** @param {Input[]} inputs @param {number} timestamp */
  begin(inputs, timestamp) {
    this.#inputs = inputs;
    this.timestamp = timestamp;
  }

  /** Whether an input, or else an output, is connected. @param {string} tag */
  connected(tag, index = 0) {
    return this.#in.has(`${tag}:${index}`) || this.#out.has(`${tag}:${index}`);
  }

  /** The number of inputs with a tag. @param {string} tag */
  inputCount(tag) {
    return this.node.inputs.filter((port) => port.tag === tag).length;
  }

  /** The packet at an input, if there is one. @param {string} tag @returns {Packet | undefined} */
  packet(tag, index = 0) {
    return this.#inputs[this.#in.get(`${tag}:${index}`) ?? -1]?.packet;
  }

  /** The value at an input, if there is one. @param {string} tag */
  input(tag, index = 0) {
    return this.packet(tag, index)?.value;
  }

  /** The time up to which an input is known. @param {string} tag */
  settled(tag, index = 0) {
    return this.#inputs[this.#in.get(`${tag}:${index}`) ?? -1]?.settled ?? this.timestamp;
  }

  /** The image at an input TAG, TAG_GPU or TAG_CPU: pages keep all of them on their device. @param {string} tag */
  image(tag) {
    return this.input(tag) ?? this.input(`${tag}_GPU`) ?? this.input(`${tag}_CPU`);
  }

  /** A side packet's value, if there is one. @param {string} tag */
  sideInput(tag, index = 0) {
    const port = this.node.sideInputs.find((each) => each.tag === tag && each.index === index);
    return port && this.sidePackets.get(port.name);
  }

  /** The stream of an output, if it is connected. @param {string} tag @returns {OutputStream | undefined} */
  output(tag, index = 0) {
    return this.#outputs[this.#out.get(`${tag}:${index}`) ?? -1];
  }

  /** Send a value, and with it the reference to it; ignored if the output is not connected. @param {string} tag @param {any} value */
  emit(tag, value, { index = 0, timestamp = this.timestamp } = {}) {
    const stream = this.output(tag, index);
    if (stream) stream.emit(value, timestamp);
    else if (typeof value?.release === "function") value.release();
  }

  /** Send an image to the connected one of TAG, TAG_GPU and TAG_CPU. @param {string} tag @param {any} image */
  emitImage(tag, image) {
    const connected = [`${tag}_GPU`, `${tag}_CPU`].find((each) => this.output(each));
    this.emit(connected ?? tag, image);
  }

  /** Send the value of a packet on, which stays with its owner. @param {string} tag @param {Packet} packet */
  forward(tag, packet, index = 0) {
    this.emit(tag, retain(packet.value), { index, timestamp: packet.timestamp });
  }

  /** The model of the node. @returns {Promise<import("../device/device.js").Model>} */
  model() {
    const name = this.node.model;
    if (name === undefined) throw new GraphError("The node has no model.");
    return this.services.model(name);
  }
}
