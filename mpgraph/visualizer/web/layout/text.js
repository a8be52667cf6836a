/** How wide text is, without a browser to ask: close to Arial, a little generous, the same everywhere. */

const NARROW = "iljtfrI.,:;'|!()[]{}/\\\"` ";
const WIDE = "mwMW@%—…";

/** @type {Record<string, number>} */
const SIZES = { title: 12.5, name: 10.5, tag: 9, port: 9.5, option: 9.5, badge: 9, pill: 11 };
/** @type {Record<string, boolean>} */
const MONO = { tag: true, option: true };

/** The size in pixels of a style of text. @param {string} style */
export function fontSize(style) {
  return SIZES[style];
}

/** @param {string} character */
function em(character) {
  if (NARROW.includes(character)) return 0.33;
  if (WIDE.includes(character)) return 0.92;
  const code = character.codePointAt(0) ?? 0;
  if (code > 0x2e7f) return 1.05;
  if (character >= "A" && character <= "Z") return 0.7;
  return 0.57;
}

/** The width of a text. @param {string} text @param {string} style */
export function textWidth(text, style) {
  const size = SIZES[style];
  let width = 0;
  for (const character of text) width += MONO[style] && character < "\u2e80" ? 0.605 : em(character);
  return width * size * (style === "title" ? 1.06 : 1);
}

/**
 * As much of a text as fits, the middle left out: both ends of stream names tell them apart.
 * @param {string} text @param {string} style @param {number} width
 */
export function fitted(text, style, width) {
  if (textWidth(text, style) <= width) return text;
  const characters = [...text];
  let kept = Math.max(2, Math.floor((characters.length * width) / textWidth(text, style)));
  for (; kept > 2; kept--) {
    const head = Math.ceil((kept - 1) / 2);
    const shorter = characters.slice(0, head).join("") + "…" + characters.slice(characters.length - (kept - 1 - head)).join("");
    if (textWidth(shorter, style) <= width) return shorter;
  }
  return characters[0] + "…";
}

/** As much of a text as fits, the end left out. @param {string} text @param {string} style @param {number} width */
export function cut(text, style, width) {
  if (textWidth(text, style) <= width) return text;
  const characters = [...text];
  let kept = Math.floor((characters.length * width) / textWidth(text, style));
  while (kept > 1 && textWidth(characters.slice(0, kept).join("") + "…", style) > width) kept--;
  return characters.slice(0, Math.max(1, kept)).join("") + "…";
}
