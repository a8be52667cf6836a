// Reading files, with errors that name the address.

import { GraphError, messageOf } from "./errors.js";

/**
 * Read a file.
 * @param {string | URL} url
 * @throws {GraphError} It is not there; the message has the address and the status.
 */
export async function read(url) {
  let response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new GraphError(`${url} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  if (!response.ok) {
    throw new GraphError(`${url} cannot be read: ${response.status} ${response.statusText}`.trimEnd());
  }
  return response;
}

/** Read a file of JSON. @param {string | URL} url @returns {Promise<any>} */
export async function readJson(url) {
  const response = await read(url);
  try {
    return await response.json();
  } catch (error) {
    throw new GraphError(`${url} is not JSON: ${messageOf(error)}`, { cause: error });
  }
}
