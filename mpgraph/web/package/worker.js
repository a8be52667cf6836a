// A graph in a worker: calls the methods that the page asks for, and sends packets back.

import { GraphRunner } from "./runtime/runner.js";
import { GraphError, messageOf } from "./runtime/errors.js";

/** @type {GraphRunner | null} */
let runner = null;

/** What leaves a worker without a copy. @param {unknown} value @returns {Transferable[]} */
function transferable(value) {
  if (Array.isArray(value)) return value.flatMap(transferable);
  if (value instanceof ImageBitmap) return [value];
  if (value instanceof ImageData) return [value.data.buffer];
  return value instanceof Float32Array ? [value.buffer] : [];
}

/** @param {unknown} message @param {Transferable[]} [transfer] */
const send = (message, transfer = []) => /** @type {any} */ (self).postMessage(message, transfer);

const events = {
  /** @param {string} stream @param {unknown} value @param {number} timestamp */
  packet: (stream, value, timestamp) => send({ event: "packet", args: [stream, value, timestamp] }, transferable(value)),
  /** @param {string} device */
  deviceChange: (device) => send({ event: "deviceChange", args: [device] }),
};

/** @param {string} method @param {any[]} args */
async function call(method, args) {
  if (method === "load") {
    runner = await GraphRunner.load(args[0], events);
    return runner.device.name;
  }
  return /** @type {any} */ (runner)[method](...args);
}

self.onmessage = async ({ data: { id, method, args } }) => {
  try {
    send({ id, result: await call(method, args) });
  } catch (error) {
    const { node, timestamp } = error instanceof GraphError ? error : {};
    send({ id, error: { message: messageOf(error), node, timestamp } });
  }
};
