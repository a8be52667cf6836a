// The lifetime of payloads. Images and tensors occupy memory of a device, which is handed out again when nothing
// refers to it any more. Each packet in a queue holds a reference; so does whoever keeps a packet for later.

/**
 * @typedef {{retain(): void, release(): void}} Counted A payload that counts its references; it begins with one.
 */

/** @param {unknown} value @returns {value is Counted} */
const isCounted = (value) => typeof (/** @type {any} */ (value)?.retain) === "function";

/** Add a reference to a payload, or to each element of a list. @template T @param {T} value @returns {T} */
export function retain(value) {
  if (Array.isArray(value)) value.forEach(retain);
  else if (isCounted(value)) value.retain();
  return value;
}

/** Give a reference up. @param {unknown} value */
export function release(value) {
  if (Array.isArray(value)) value.forEach(release);
  else if (isCounted(value)) value.release();
}
