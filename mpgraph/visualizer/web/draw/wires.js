/** Drawing of streams and side packets. */

import { element, number, tooltip } from "./svg.js";

/** @typedef {import("../layout/types.js").Point} Point */
/** @typedef {import("../layout/types.js").Wire} Wire */

const RADIUS = 6;

/** A line with rounded corners. @param {Point[]} points */
export function path(points) {
  let d = `M${number(points[0][0])} ${number(points[0][1])}`;
  for (let index = 1; index < points.length; index++) {
    const [x, y] = points[index];
    const next = points[index + 1];
    if (!next) {
      d += `L${number(x)} ${number(y)}`;
      continue;
    }
    const [px, py] = points[index - 1];
    const before = Math.hypot(x - px, y - py);
    const after = Math.hypot(next[0] - x, next[1] - y);
    const radius = Math.min(RADIUS, before / 2, after / 2);
    if (radius < 0.5) {
      d += `L${number(x)} ${number(y)}`;
      continue;
    }
    const start = [x - ((x - px) / before) * radius, y - ((y - py) / before) * radius];
    const end = [x + ((next[0] - x) / after) * radius, y + ((next[1] - y) / after) * radius];
    d += `L${number(start[0])} ${number(start[1])}Q${number(x)} ${number(y)} ${number(end[0])} ${number(end[1])}`;
  }
  return d;
}

/** @param {Wire} wire @param {boolean} interactive Whether to add a wide invisible line as a target for the pointer. */
export function drawWire(wire, interactive) {
  const { edge } = wire;
  const classes = ["wire", edge.kind, wire.back ? "back" : ""].filter(Boolean).join(" ");
  const d = path(wire.points);
  const joints = wire.joints
    .map(([x, y]) => element("circle", { class: "joint", cx: x, cy: y, r: 2.1 }))
    .join("");
  return element(
    "g",
    { class: classes, "data-edge": wire.id, "data-name": edge.name, "data-graph": wire.graph },
    tooltip([edge.name, edge.type, wire.back ? "back edge" : ""]) +
      (interactive ? element("path", { class: "hit", d }) : "") +
      element("path", { class: "line", d }) +
      joints,
  );
}
