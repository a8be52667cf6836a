/** Highlighting of protobuf text format, line by line: no token spans several lines. */

const TOKEN = /(?<comment>#.*)|(?<string>"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)|(?<bracket>\[[\w./ -]*\]?)|(?<number>-?\.?\b\d[\w.+-]*)|(?<word>[A-Za-z_]\w*)(?=(?<after>\s*[:{<[])?)|(?<mark>[{}<>:;,])/gu;
const LONGEST_COLOURED = 2000;

/**
 * @param {string} line
 * @returns {{kind: string, text: string}[]} The parts in order; together they are the line.
 */
export function tokens(line) {
  if (line.length > LONGEST_COLOURED) return [{ kind: "", text: line }];
  const parts = [];
  let at = 0;
  for (const match of line.matchAll(TOKEN)) {
    if (match.index > at) parts.push({ kind: "", text: line.slice(at, match.index) });
    parts.push({ kind: kindOf(match.groups ?? {}), text: match[0] });
    at = match.index + match[0].length;
  }
  if (at < line.length) parts.push({ kind: "", text: line.slice(at) });
  return parts;
}

/** @param {Record<string, string | undefined>} groups */
function kindOf(groups) {
  if (groups.word !== undefined) return groups.after !== undefined ? "field" : "value";
  return ["comment", "string", "bracket", "number", "mark"].find((kind) => groups[kind] !== undefined) ?? "";
}

/**
 * The length of a mark at a column: to the end of the token there.
 * @param {string} line
 * @param {number} column Counted from 1.
 * @returns {number} A length of at least 1.
 */
export function tokenLength(line, column) {
  let at = 1;
  for (const { text } of tokens(line)) {
    if (column < at + text.length) return Math.max(1, at + text.length - column);
    at += text.length;
  }
  return 1;
}
