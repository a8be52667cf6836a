/** The frames of a playing video. */

/**
 * Call a function for each new frame of a video, again only when its promise is settled: frames in between are dropped.
 * @param {HTMLVideoElement} video
 * @param {() => Promise<void> | void | null} onFrame
 * @param {(error: unknown) => void} onError Receives what onFrame throws; the next frame comes all the same.
 * @returns {() => void} Ends it.
 */
export function eachFrame(video, onFrame, onError) {
  let stopped = false;
  let shown = -1;
  const step = async () => {
    if (stopped) return;
    if (video.currentTime !== shown) {
      shown = video.currentTime;
      try {
        await onFrame();
      } catch (error) {
        if (!stopped) onError(error);
      }
    }
    if (!stopped) next();
  };
  // Browsers without the first function may call twice for one frame, or not for each.
  const next = () => {
    if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(step);
    else requestAnimationFrame(step);
  };
  next();
  return () => {
    stopped = true;
  };
}
