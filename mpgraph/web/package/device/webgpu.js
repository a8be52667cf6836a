// The device `webgpu`.

/**
 * @param {string} _url Of shaders.json.
 * @param {import('./device.js').ParameterLayouts} _layouts
 * @param {boolean} _acceptSoftware
 * @returns {Promise<import('./device.js').Device | null>}
 */
export async function openWebgpu(_url, _layouts, _acceptSoftware) {
  return null;
}
