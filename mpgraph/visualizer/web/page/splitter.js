/** A bar between two panes that can be dragged, or moved with the arrow keys. */

const STEP = 24;

/**
 * @param {HTMLElement} bar role="separator" with aria-orientation; double click restores the size.
 * @param {HTMLElement} owner The element that has the custom property.
 * @param {string} property The name of the custom property, the size in pixels.
 * @param {{min: number, max: () => number, from: "start" | "end"}} limits from: the side of the sized pane
 */
export function splitter(bar, owner, property, { min, max, from }) {
  const vertical = bar.getAttribute("aria-orientation") === "vertical";
  const pane = () => /** @type {HTMLElement} */ (from === "start" ? bar.previousElementSibling : bar.nextElementSibling);
  const size = () => (vertical ? pane().offsetWidth : pane().offsetHeight);
  const set = (/** @type {number} */ value) => {
    const allowed = Math.round(Math.max(min, Math.min(max(), value)));
    owner.style.setProperty(property, `${allowed}px`);
    bar.setAttribute("aria-valuenow", String(allowed));
  };
  bar.setAttribute("aria-valuemin", String(min));
  bar.setAttribute("aria-valuemax", String(Math.round(max())));
  bar.setAttribute("aria-valuenow", String(size()));
  const sign = from === "start" ? 1 : -1;
  bar.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    bar.setPointerCapture(event.pointerId);
    const start = vertical ? event.clientX : event.clientY;
    const before = size();
    const move = (/** @type {PointerEvent} */ at) => set(before + sign * ((vertical ? at.clientX : at.clientY) - start));
    bar.addEventListener("pointermove", move);
    bar.addEventListener("lostpointercapture", () => bar.removeEventListener("pointermove", move), { once: true });
  });
  bar.addEventListener("dblclick", () => owner.style.removeProperty(property));
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -STEP, ArrowUp: -STEP, ArrowRight: STEP, ArrowDown: STEP }[event.key];
    if (!step) return;
    event.preventDefault();
    set(size() + sign * step);
  });
}
