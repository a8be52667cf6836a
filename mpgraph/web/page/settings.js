/** What the user has chosen, remembered on this device. */

const KEY = "mpgraph-selfie";

/**
 * @typedef {object} Settings
 * @property {"none" | "blur" | "color" | "image" | "transparent" | "mask"} effect
 * @property {number} blur 1 to 10.
 * @property {string} color Of CSS.
 * @property {boolean} mirror
 * @property {"auto" | "general" | "landscape"} model
 * @property {boolean} sound Whether recordings have sound.
 */

/** @type {Settings} */
const DEFAULTS = { effect: "blur", blur: 5, color: "#1f9d6b", mirror: true, model: "auto", sound: true };

/** @param {Partial<Settings>} initial Replaces what is remembered. @returns {Settings} */
export function loadSettings(initial) {
  let remembered = {};
  try {
    remembered = JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    // Storage is forbidden, or someone else's: start over.
  }
  return { ...DEFAULTS, ...remembered, ...initial };
}

/** @param {Settings} settings */
export function saveSettings(settings) {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // As above.
  }
}
