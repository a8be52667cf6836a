/** The frames of a playing video. */
/**
 * Call a function for each new frame of a video, again only when its promise is settled: frames in between are dropped.
 * @param {HTMLVideoElement} video
 * @param {() => Promise<void> | void | null} onFrame
 * @param {(error: unknown) => void} onError Receives what onFrame throws; the next frame comes all the same.
 * @returns {() => void} Ends it.
 */
export function eachFrame(video: HTMLVideoElement, onFrame: () => Promise<void> | void | null, onError: (error: unknown) => void): () => void;
