/** File dialogs of the browser, with write access where the browser supports it. */

import { el } from "./dom.js";

/** @typedef {{name: string, text: string, handle: FileSystemFileHandle | null}} Chosen */
/**
 * @typedef {object} Pickers Functions that not every browser has.
 * @property {(options: object) => Promise<FileSystemFileHandle[]>} [showOpenFilePicker]
 * @property {(options: object) => Promise<FileSystemFileHandle>} [showSaveFilePicker]
 */

const SUFFIXES = [".pbtxt", ".textproto", ".txtpb"];
const TYPES = [{ description: "Graphs", accept: { "text/plain": SUFFIXES } }];

/** @returns {Promise<Chosen | null>} null if the dialog was cancelled */
export async function chooseFile() {
  const { showOpenFilePicker } = /** @type {Pickers} */ (window);
  if (!showOpenFilePicker) return chosenByInput();
  try {
    const [handle] = await showOpenFilePicker.call(window, { types: TYPES });
    if (!handle) return null;
    const file = await handle.getFile();
    return { name: file.name, text: await file.text(), handle };
  } catch (error) {
    return unlessCancelled(error);
  }
}

/**
 * @param {string} name The suggestion.
 * @returns {Promise<FileSystemFileHandle | null | undefined>} null if the dialog was cancelled, undefined if the browser has none
 */
export async function chooseTarget(name) {
  const { showSaveFilePicker } = /** @type {Pickers} */ (window);
  if (!showSaveFilePicker) return undefined;
  try {
    return await showSaveFilePicker.call(window, { suggestedName: name, types: TYPES });
  } catch (error) {
    return unlessCancelled(error);
  }
}

/** Replace the content of a file atomically. @param {FileSystemFileHandle} handle @param {string} text */
export async function write(handle, text) {
  const stream = await handle.createWritable();
  await stream.write(text);
  await stream.close();
}

/** @returns {Promise<Chosen | null>} */
function chosenByInput() {
  return new Promise((resolve) => {
    const input = el("input", { type: "file", accept: [...SUFFIXES, ".txt"].join(",") });
    input.addEventListener("change", async () => {
      const file = input.files?.[0];
      resolve(file ? { name: file.name, text: await file.text(), handle: null } : null);
    });
    input.addEventListener("cancel", () => resolve(null));
    input.click();
  });
}

/** @param {unknown} error @returns {null} */
function unlessCancelled(error) {
  if (error instanceof DOMException && error.name === "AbortError") return null;
  throw error;
}
