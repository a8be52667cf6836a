/** Elements for the controls. */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} [className]
 * @param {Array<Node | string>} [children]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, className = "", children = []) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

let count = 0;

/** An id that no other element of the page has, for labels. @param {string} name */
export function uniqueId(name) {
  return `mpgraph-${name}-${++count}`;
}

const ICONS = {
  pause: "M7 5h4v14H7zM13 5h4v14h-4z",
  play: "M8 5v14l11-7z",
  upload: "M11 16V7.8L7.4 11.4 6 10l6-6 6 6-1.4 1.4L13 7.8V16zM5 20v-5h2v3h10v-3h2v5z",
};

/** An icon as inline SVG: nothing is fetched. @param {keyof typeof ICONS} name */
export function icon(name) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("control-panel-icon");
  const path = document.createElementNS(namespace, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button that shows an icon; its label is for screen readers. @param {keyof typeof ICONS} name @param {string} label */
export function iconButton(name, label) {
  const button = element("button", "icon-button", [icon(name)]);
  button.type = "button";
  button.title = label;
  button.setAttribute("aria-label", label);
  return button;
}
