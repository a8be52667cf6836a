/**
 * The address of a file of this package; undefined for those of the graph runtime, which knows them itself.
 * @param {string} name
 * @param {((path: string, prefix?: string) => string) | undefined} locateFile
 * @returns {string | undefined}
 */
export function address(name: string, locateFile: ((path: string, prefix?: string) => string) | undefined): string | undefined;
