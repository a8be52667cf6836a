/** SVG as text. Names in graphs are untrusted: all text passes through `escaped`. */

// Characters that XML does not allow, including lone surrogates.
const FORBIDDEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const MAX_LINE = 400;
/** @type {Record<string, string>} */
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** @param {unknown} text */
export function escaped(text) {
  return String(text)
    .replace(FORBIDDEN, "\ufffd")
    .replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/**
 * One element. Attributes that are undefined, null or false are left out.
 * @param {string} name @param {Record<string, string | number | boolean | null | undefined>} attributes
 * @param {string} [content] Elements or escaped text.
 */
export function element(name, attributes, content) {
  let text = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    text += ` ${key}="${typeof value === "number" ? number(value) : escaped(value)}"`;
  }
  return content === undefined || content === "" ? `${text}/>` : `${text}>${content}</${name}>`;
}

/** A number without what nobody sees of it. @param {number} value */
export function number(value) {
  return String(Math.round(value * 100) / 100);
}

/** As much of a text as anybody hears or reads at once. @param {string} text */
export function brief(text) {
  return text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}…` : text;
}

/** The text that shows when the pointer rests on an element. @param {string[]} lines */
export function tooltip(lines) {
  return `<title>${escaped(lines.filter(Boolean).map(brief).join("\n"))}</title>`;
}
