/** Places for labels on a drawing: none covers a node or another label. */

import { textWidth } from "../layout/text.js";

/** @typedef {import("./viewport.js").Box} Box */
/** @typedef {{x: number, y: number}} Place The left end of a label's baseline. */

const ASCENT = 10;
const HEIGHT = 13;
const MARGIN = 2;

export class FreePlaces {
  /** @param {Iterable<Box>} taken */
  constructor(taken) {
    this.taken = [...taken];
  }

  /**
   * Take the first of several places that is free.
   * @param {string} text @param {(width: number) => Place[]} places
   * @returns {Place | null}
   */
  take(text, places) {
    const width = textWidth(text, "live") + 2 * MARGIN;
    for (const place of places(width)) {
      const box = { x: place.x - MARGIN, y: place.y - ASCENT, width, height: HEIGHT };
      if (this.taken.some((other) => overlap(other, box))) continue;
      this.taken.push(box);
      return place;
    }
    return null;
  }
}

/** @param {Box} a @param {Box} b */
export function overlap(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
