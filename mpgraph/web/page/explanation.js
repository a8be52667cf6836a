/** Failures in words for the user. */

/** @type {Record<string, string>} By the names of DOMExceptions of cameras. */
const CAMERA = {
  NotAllowedError: "The camera is not allowed. Allow it in the browser's settings for this page, or open a file.",
  NotFoundError: "This device has no camera. Open an image or a video instead.",
  NotReadableError: "Another program is using the camera. Close it and try again.",
  OverconstrainedError: "This device has no such camera.",
};

/** @param {unknown} error */
export function explanation(error) {
  const name = error instanceof DOMException ? error.name : "";
  if (CAMERA[name]) return CAMERA[name];
  return error instanceof Error ? error.message : String(error);
}
