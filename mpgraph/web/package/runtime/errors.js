// The error of everything that can go wrong with a graph, and suggestions for names that do not exist.

/** A graph that cannot be loaded, used in the wrong way, or failed while running. */
export class GraphError extends Error {
  /**
   * @param {string} message
   * @param {{node?: string, timestamp?: number, cause?: unknown}} [details]
   */
  constructor(message, { node, timestamp, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "GraphError";
    /** @type {string | undefined} */
    this.node = node;
    /** @type {number | undefined} */
    this.timestamp = timestamp;
  }
}

/** @param {unknown} error @returns {string} Its message, whatever was thrown. */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/**
 * The names that exist, for the end of a message about one that does not.
 * @param {string} name
 * @param {Iterable<string>} known
 */
export function suggestion(name, known) {
  const names = [...known];
  const near = names.find((other) => distance(name.toLowerCase(), other.toLowerCase()) <= Math.floor((name.length + 1) / 3));
  if (near !== undefined) return ` Did you mean "${near}"?`;
  return names.length ? ` There is ${names.map((other) => `"${other}"`).join(", ")}.` : "";
}

/** The number of letters to insert, delete or replace. @param {string} a @param {string} b */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
