/** Text widths without a browser: Arial's, with room for wider fonts; the same everywhere. */

/** Widths of ASCII characters in Arial, from the space on, in hundredths of the font size. */
const WIDTHS = [
  28, 28, 36, 56, 56, 89, 67, 19, 33, 33, 39, 58, 28, 33, 28, 28, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 28,
  28, 58, 58, 58, 56, 102, 67, 67, 72, 72, 67, 61, 78, 72, 28, 50, 67, 56, 83, 72, 78, 67, 78, 72, 67, 61, 72,
  67, 94, 67, 67, 61, 28, 28, 28, 47, 56, 33, 56, 56, 50, 56, 56, 28, 56, 56, 22, 22, 50, 22, 83, 56, 56, 56,
  56, 33, 50, 28, 56, 50, 72, 50, 50, 50, 33, 26, 33, 58,
];
/** The factor by which other fonts are wider. */
const SPARE = 1.06;
/** The same for the bold text of titles: DejaVu Sans Bold, the fallback on many systems, is the widest. */
const BOLD = 1.19;

/** @type {Record<string, number>} Font sizes in pixels, by style of text. */
const SIZES = { title: 12.5, name: 10.5, tag: 9, port: 9.5, option: 9.5, badge: 9, pill: 11 };
/** @type {Record<string, boolean>} */
const MONO = { tag: true, option: true };

/** @param {string} character */
function em(character) {
  const code = character.codePointAt(0) ?? 0;
  if (code > 0x2e7f || character === "…") return 1;
  return ((WIDTHS[code - 32] ?? 60) / 100) * SPARE;
}

/** The width of a text. @param {string} text @param {string} style */
export function textWidth(text, style) {
  const size = SIZES[style];
  let width = 0;
  for (const character of text) width += MONO[style] && character < "\u2e80" ? 0.605 : em(character);
  return width * size * (style === "title" ? BOLD : 1);
}

/**
 * As much of a text as fits, without the middle: stream names differ at both ends.
 * @param {string} text @param {string} style @param {number} width
 */
export function fitted(text, style, width) {
  if (textWidth(text, style) <= width) return text;
  const characters = [...text];
  let kept = Math.max(2, Math.floor((characters.length * width) / textWidth(text, style)));
  for (; kept > 2; kept--) {
    const head = Math.ceil((kept - 1) / 2);
    const shorter =
      characters.slice(0, head).join("") +
      "…" +
      characters.slice(characters.length - (kept - 1 - head)).join("");
    if (textWidth(shorter, style) <= width) return shorter;
  }
  return characters[0] + "…";
}

/**
 * As much of a text as fits, without the end.
 * @param {string} text
 * @param {string} style
 * @param {number} width
 */
export function cut(text, style, width) {
  if (textWidth(text, style) <= width) return text;
  const characters = [...text];
  let kept = Math.floor((characters.length * width) / textWidth(text, style));
  while (kept > 1 && textWidth(characters.slice(0, kept).join("") + "…", style) > width) kept--;
  return characters.slice(0, Math.max(1, kept)).join("") + "…";
}
