/** Suggestions for misspelt names. */
/**
 * " Did you mean ...?" for the nearest of some names, or "" if none is near.
 * @param {string} name
 * @param {readonly string[]} known
 */
export function didYouMean(name: string, known: readonly string[]): string;
