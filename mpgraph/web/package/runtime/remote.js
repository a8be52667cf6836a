// A runner in this thread, or behind the messages of a worker.

import { GraphError } from "./errors.js";

/**
 * @typedef {import("./runner.js").Setup} Setup
 * @typedef {import("./runner.js").Events} Events
 *
 * @typedef {object} AnyRunner
 * @property {import("../graph.js").DeviceName} device The one chosen at the beginning.
 * @property {(method: string, args: unknown[], transfer?: Transferable[]) => Promise<unknown>} call
 * @property {() => void} close
 */

/** @param {Setup} setup @param {Events} events @returns {Promise<AnyRunner>} */
export async function localRunner(setup, events) {
  // Not loaded where a worker does the work.
  const { GraphRunner } = await import("./runner.js");
  const runner = await GraphRunner.load(setup, events);
  return {
    device: runner.device.name,
    call: (method, args) => /** @type {any} */ (runner)[method](...args),
    close: () => void runner.close(),
  };
}

/**
 * Start a worker, which loads its modules while the page still reads the graph.
 * @param {string} [url] Of worker.js, if it is not beside this package's files.
 */
export function startWorker(url) {
  // One literal, which bundlers find.
  return url
    ? new Worker(url, { type: "module" })
    : new Worker(new URL("../worker.js", import.meta.url), { type: "module" });
}

/**
 * @param {Setup} setup
 * @param {Events} events
 * @param {Worker} worker
 * @returns {Promise<AnyRunner>}
 */
export async function remoteRunner(setup, events, worker) {
  /** @type {Map<number, {resolve: (value: any) => void, reject: (error: unknown) => void}>} */
  const calls = new Map();
  let count = 0;

  /** @param {GraphError} error */
  const fail = (error) => {
    for (const { reject } of calls.values()) reject(error);
    calls.clear();
  };
  worker.onmessage = ({ data }) => {
    if (data.event) {
      /** @type {any} */ (events)[data.event](...data.args);
      return;
    }
    const call = calls.get(data.id);
    calls.delete(data.id);
    if (data.error) call?.reject(new GraphError(data.error.message, data.error));
    else call?.resolve(data.result);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    // Without a message it was not found, or is not a script.
    fail(new GraphError(`The graph's worker ${event.message ? `failed: ${event.message}` : "cannot be loaded."}`));
  };

  /** @param {string} method @param {unknown[]} args @param {Transferable[]} [transfer] @returns {Promise<any>} */
  const call = (method, args, transfer = []) =>
    new Promise((resolve, reject) => {
      const id = ++count;
      calls.set(id, { resolve, reject });
      worker.postMessage({ id, method, args }, transfer);
    });

  const close = () => {
    worker.terminate();
    fail(new GraphError("The graph is closed."));
  };
  try {
    return { device: await call("load", [setup]), call, close };
  } catch (error) {
    close();
    throw error;
  }
}
