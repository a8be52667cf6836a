/** Suggestions for misspelt names. */

/**
 * " Did you mean ...?" for the nearest of some names, or "" if none is near.
 * @param {string} name
 * @param {readonly string[]} known
 */
export function didYouMean(name, known) {
  const ranked = known.map((other) => ({ other, steps: distance(plain(name), plain(other)) }));
  ranked.sort((left, right) => left.steps - right.steps);
  const [best] = ranked;
  return best && best.steps <= Math.max(2, name.length / 3) ? ` Did you mean "${best.other}"?` : "";
}

/** Letters alone: model_selection is modelSelection. @param {string} name */
function plain(name) {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

/** The fewest insertions, deletions and replacements of a letter between two words. @param {string} left @param {string} right */
function distance(left, right) {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...left].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...right].entries()) {
      next.push(Math.min(row[j] + Number(letter !== other), row[j + 1] + 1, next[j] + 1));
    }
    row = next;
  }
  return row[right.length];
}
