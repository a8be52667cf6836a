/**
 * Text widths without a browser, the same everywhere: of each character, the width in the widest font that text
 * may be drawn with, so that names fit their boxes whichever one a reader has.
 */

/**
 * Widths of ASCII characters from the space on, in hundredths of the font size: the larger one of DejaVu Sans,
 * the fallback of many systems, and of Arial.
 */
const WIDTHS = [
  32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34,
  34, 84, 84, 84, 56, 102, 69, 69, 73, 78, 67, 62, 78, 76, 30, 50, 67, 56, 87, 75, 79, 67, 79, 73, 67, 62, 74,
  69, 99, 69, 67, 69, 40, 34, 40, 84, 56, 50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62, 64,
  64, 42, 53, 40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84,
];
/** The same of the bold fonts. */
const BOLD_WIDTHS = [
  35, 46, 53, 84, 70, 101, 88, 31, 46, 46, 53, 84, 38, 42, 38, 37, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 40,
  40, 84, 84, 84, 62, 100, 78, 77, 74, 84, 69, 69, 83, 84, 38, 56, 78, 64, 100, 84, 86, 74, 86, 78, 73, 69, 82,
  78, 111, 78, 73, 73, 46, 37, 46, 84, 56, 50, 68, 72, 60, 72, 68, 44, 72, 72, 35, 35, 67, 35, 105, 72, 69, 72,
  72, 50, 60, 48, 72, 66, 93, 65, 66, 59, 72, 37, 72, 84,
];
/** Of all other characters of alphabets. */
const OTHER = 0.7;

/** @type {Record<string, number>} Font sizes in pixels, by style of text. */
const SIZES = { title: 12.5, name: 10.5, tag: 9, port: 9.5, option: 9.5, badge: 9, pill: 11, count: 9, live: 10.5 };
/** @type {Record<string, boolean>} */
const MONO = { tag: true, option: true, count: true };

/** @type {Record<string, boolean>} */
const BOLD = { title: true, live: true };

/** @param {string} character @param {number[]} widths */
function em(character, widths) {
  const code = character.codePointAt(0) ?? 0;
  if (code > 0x2e7f || character === "…") return 1;
  const known = widths[code - 32];
  return known === undefined ? OTHER : known / 100;
}

/** The width of a text. @param {string} text @param {string} style */
export function textWidth(text, style) {
  const widths = BOLD[style] ? BOLD_WIDTHS : WIDTHS;
  let width = 0;
  for (const character of text) width += MONO[style] && character < "\u2e80" ? 0.605 : em(character, widths);
  return width * SIZES[style];
}

/** The width of a pill with a number. @param {string} text */
export function countWidth(text) {
  return Math.max(16, Math.ceil(textWidth(text, "count")) + 8);
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
