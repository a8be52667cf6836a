/** Drawing: from the geometry of a layout to the text of an SVG, deterministically. */

import { drawBox, drawGroup } from "./boxes.js";
import { element, escaped, number } from "./svg.js";
import { style } from "./theme.js";
import { drawWire } from "./wires.js";

/** @typedef {import("../layout/types.js").Geometry} Geometry */
/** @typedef {import("../layout/types.js").PlacedPort} PlacedPort */

/**
 * @typedef {object} DrawSettings
 * @property {import("./theme.js").Theme} [theme] "auto" (the reader's preference, light by default), "light",
 *   "dark", or "variables": colours from the CSS variables of `variables` in theme.js.
 * @property {string} [title] The accessible name.
 * @property {string} [description]
 * @property {boolean} [interactive] Whether to add targets for the pointer.
 * @property {boolean} [embedded] Whether it is part of a page: at most as wide as the page, and without a background.
 */

/** @param {Geometry} geometry @param {DrawSettings} [settings] @returns {string} */
export function draw(geometry, settings = {}) {
  const { width, height, boxes, wires, captions } = geometry;
  const title = settings.title ?? "Graph";
  const nodes = boxes.filter((box) => box.node).length;
  const description = settings.description ?? `${nodes} nodes and ${wires.length} connections.`;
  const backs = backPorts(geometry);
  const head = {
    xmlns: "http://www.w3.org/2000/svg",
    class: "mpg",
    width,
    height,
    viewBox: `0 0 ${number(width)} ${number(height)}`,
    role: "img",
    "aria-label": title,
    style: settings.embedded ? "max-width:100%;height:auto" : null,
  };
  const parts = [
    `<title>${escaped(title)}</title><desc>${escaped(description)}</desc>`,
    `<style>${style(settings.theme ?? "auto")}</style>`,
    element("rect", { class: "paper", width, height, rx: settings.embedded ? 8 : null }),
    ...captions.map(({ text, x, y }) => element("text", { class: "caption", x, y }, escaped(text))),
    element(
      "g",
      { class: "groups" },
      boxes
        .filter((box) => box.role === "group")
        .map(drawGroup)
        .join("\n"),
    ),
    element(
      "g",
      { class: "wires" },
      wires.map((wire) => drawWire(wire, settings.interactive ?? false)).join("\n"),
    ),
    element("g", { class: "boxes" }, boxes.map((box) => drawBox(box, backs)).join("\n")),
  ];
  return element("svg", head, `\n${parts.join("\n")}\n`);
}

/**
 * The ports at which back edges end: their arrowheads are drawn like the lines.
 * @param {Geometry} geometry
 */
function backPorts({ boxes, wires }) {
  const positions = new Set(
    wires.filter((wire) => wire.back).map(({ points }) => points[points.length - 1].join()),
  );
  /** @type {PlacedPort[]} */
  const found = [];
  if (positions.size)
    for (const { ports } of boxes)
      for (const port of ports) if (positions.has(`${port.x},${port.y}`)) found.push(port);
  return found;
}
