/** Landmarks: names and borders that stay legible when the drawing is zoomed out too far for its own. */

import { debounced } from "./dom.js";
import { overlap } from "./free_places.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./viewport.js").Box} Box */

const SVG = "http://www.w3.org/2000/svg";
const FAR = 0.48; // Below this scale the drawing's own titles are smaller than 7 pixels.
const PIXELS = 11;
const LINE = 13;
const WIDTH_OF_CHARACTER = 7;
const LEAST_WIDTH = 42;
const LEAST_HEIGHT = 12;
const WAIT_MILLISECONDS = 90;

/** @param {App} app @param {import("./drawing.js").Drawing} drawing */
export function landmarks(app, drawing) {
  let drawnAt = 0;
  const draw = () => {
    const view = app.view();
    const { scale } = drawing.viewport;
    if (!view) return;
    view.overlay.querySelector(".landmarks")?.remove();
    drawnAt = scale;
    view.svg.classList.toggle("far", scale < FAR);
    view.svg.style.setProperty("--pixel", `${1 / scale}px`);
    if (scale >= FAR) return;
    const group = document.createElementNS(SVG, "g");
    group.setAttribute("class", "landmarks");
    group.setAttribute("font-size", String(PIXELS / scale));
    group.setAttribute("stroke-width", String(3 / scale));
    // Outer names come before inner ones, and no two overlap.
    /** @type {Box[]} */
    const taken = [];
    for (const [id, node] of app.index.nodes) {
      const box = view.visible(id) === id ? view.box(id) : null;
      const label = box && labelOf(node.calculator, box, scale, app.expanded.has(id));
      if (!label || taken.some((other) => overlap(other, label.box))) continue;
      taken.push(label.box);
      group.append(label.text);
    }
    view.overlay.prepend(group);
  };
  const later = debounced(draw, WAIT_MILLISECONDS);
  drawing.onmove(() => {
    if (drawing.viewport.scale !== drawnAt) later();
  });
  app.on("drawn", later);
}

/** @param {string} name @param {Box} box @param {number} scale @param {boolean} open */
function labelOf(name, box, scale, open) {
  const room = box.width * scale - 6;
  const tall = box.height * scale;
  if (room < LEAST_WIDTH || tall < LEAST_HEIGHT) return null;
  const most = Math.floor(room / WIDTH_OF_CHARACTER);
  const lines = wrapped(name.replace(/Calculator$/, ""), most, open ? 1 : Math.max(1, Math.floor(tall / LINE)));
  const width = (Math.max(...lines.map((line) => line.length)) * WIDTH_OF_CHARACTER) / scale;
  const height = (lines.length * LINE) / scale;
  const x = open ? box.x + 4 / scale : box.x + (box.width - width) / 2;
  const y = open ? box.y + 2 / scale : box.y + (box.height - height) / 2;
  const text = document.createElementNS(SVG, "text");
  text.setAttribute("class", open ? "open" : "closed");
  lines.forEach((line, at) => {
    const part = document.createElementNS(SVG, "tspan");
    part.textContent = line;
    part.setAttribute("x", String(open ? x : box.x + box.width / 2));
    part.setAttribute("y", String(y + (at * LINE + PIXELS - 1) / scale));
    text.append(part);
  });
  return { text, box: { x, y, width, height } };
}

/**
 * A name split into lines before its words.
 * @param {string} name @param {number} width In characters. @param {number} count The maximum number of lines.
 * @returns {string[]}
 */
function wrapped(name, width, count) {
  const lines = [""];
  for (const word of name.split(/(?<=[a-z0-9])(?=[A-Z])|(?<=_)(?=[^_])/)) {
    const last = lines.length - 1;
    const line = lines[last] ?? "";
    if (line === "" || line.length + word.length <= width || lines.length === count) lines[last] = line + word;
    else lines.push(word);
  }
  return lines.map((line) => (line.length > width ? `${line.slice(0, width - 1)}…` : line));
}
