/**
 * The address of a file of this package.
 * @param {string} name
 * @param {((path: string, prefix?: string) => string) | undefined} locateFile
 */
export function address(name: string, locateFile: ((path: string, prefix?: string) => string) | undefined): string;
