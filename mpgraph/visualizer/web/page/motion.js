/** Animation: boxes move from their old to their new positions; then the lines appear. */

/** @typedef {import("./viewport.js").Box} Box */

const MILLISECONDS = 200;
const MOST_BOXES = 200;

/**
 * @param {SVGSVGElement} svg The new drawing.
 * @param {(id: string) => Box | null} before
 * @param {(id: string) => Box | null} after
 * @param {{x: number, y: number}} shift The translation of the whole drawing that kept the opened subgraph in place.
 */
export function glide(svg, before, after, shift) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const boxes = [...svg.querySelectorAll("g.box[data-id]")];
  if (boxes.length > MOST_BOXES) return;
  for (const g of boxes) {
    const id = g.getAttribute("data-id") ?? "";
    const from = before(id);
    const to = after(id);
    if (!to) continue;
    const start = from
      ? { transform: `translate(${from.x - to.x - shift.x}px, ${from.y - to.y - shift.y}px)` }
      : { opacity: 0 };
    g.animate([start, {}], { duration: MILLISECONDS, easing: "ease-out" });
  }
  for (const g of svg.querySelectorAll("g.wires, g.ports")) {
    g.animate([{ opacity: 0 }, { opacity: 0, offset: 0.6 }, {}], { duration: MILLISECONDS * 1.5 });
  }
}
