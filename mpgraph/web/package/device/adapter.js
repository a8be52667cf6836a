// The GPU of the browser.

/**
 * @param {boolean} acceptSoftware Whether a GPU that is only emulated will do: it is much slower than wasm.
 * @returns {Promise<{adapter: GPUAdapter, isSoftware: boolean} | null>} null without one.
 */
export async function findAdapter(acceptSoftware) {
  const adapter = await globalThis.navigator?.gpu?.requestAdapter().catch(() => null);
  if (!adapter) return null;
  const isSoftware = adapter.info?.isFallbackAdapter ?? /** @type {any} */ (adapter).isFallbackAdapter ?? false;
  return isSoftware && !acceptSoftware ? null : { adapter, isSoftware };
}
