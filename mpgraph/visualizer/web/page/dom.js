/** Create and find elements; text is always text, never markup. */

/** Characters that reverse the text after them, so that it reads as something else. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | boolean | ((event: any) => void)>} [attributes]
 *   `class`, `id`, `aria-*`...; a function listens to the event of its name ("click"); true sets the attribute, false omits it
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, value);
  }
  element.append(...children.map((child) => (typeof child === "string" ? child.replace(TURNS, "\ufffd") : child)));
  return element;
}

/**
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function byId(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} "${id}".`);
  return found;
}

/**
 * @param {(...values: any[]) => void} action
 * @param {number} milliseconds
 * @returns {(...values: any[]) => void} Calls `action` once it has not been called for that time.
 */
export function debounced(action, milliseconds) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), milliseconds);
  };
}
