/**
 * A camera that calls a function for each of its frames; the API of `@mediapipe/camera_utils`.
 *
 * Where the original calls alert(), the promise of `start()` rejects; `stop()` ends the loop and releases the
 * video element, too.
 */

import { eachFrame } from "./frames.js";

/**
 * @typedef {object} CameraOptions
 * @property {(() => Promise<void> | void | null) | null} [onFrame] Called for each new frame, again only when its
 *   promise is settled: frames in between are dropped.
 * @property {"user" | "environment"} [facingMode] The camera towards the user ("user"), or away from them.
 * @property {number} [width] In pixels, as near as the camera can; 640 unless given.
 * @property {number} [height] In pixels; 480 unless given.
 * @property {"none" | "crop-and-scale"} [resizeMode] Whether the browser may crop and scale images to the size; by
 *   default it may. Not in the original.
 * @property {string} [deviceId] A particular camera, of `navigator.mediaDevices.enumerateDevices()`. Not in the
 *   original.
 * @property {(error: unknown) => void} [onError] Receives what `onFrame` throws, and ends of the camera's stream that
 *   nobody asked for. Without it, they are errors of the page ("error" events). Not in the original.
 */

/** @typedef {{start(): Promise<void>, stop(): Promise<void>}} CameraInterface */

/** @implements {CameraInterface} */
export class Camera {
  /** @type {MediaStream | undefined} */
  #stream;
  /** Each start and stop begins another run; whatever still belongs to an earlier one ends on its own. */
  #run = 0;
  #stopFrames = () => {};

  /**
   * @param {HTMLVideoElement} video Shows the camera's stream.
   * @param {CameraOptions} options
   */
  constructor(video, options) {
    if (!(video instanceof HTMLVideoElement)) {
      throw new TypeError("Camera needs a <video> element: new Camera(video, {onFrame, width, height})");
    }
    this.video = video;
    /** @type {CameraOptions} */
    this.options = { facingMode: "user", width: 640, height: 480, onFrame: null, ...options };
  }

  /**
   * Ask for the camera and begin to call `onFrame`. Resolves when the first frame can be shown.
   *
   * Rejects with the browser's DOMException: NotAllowedError if the user refuses, NotFoundError without a camera,
   * NotReadableError if another program has it; with an Error where pages may not use cameras at all.
   */
  async start() {
    const run = ++this.#run;
    this.#release();
    const stream = await openCamera(this.options);
    if (run !== this.#run) {
      stopTracks(stream); // stop() or another start() came while the user was asked.
      return;
    }
    this.#stream = stream;
    stream.getVideoTracks()[0].addEventListener("ended", () => {
      if (run === this.#run) this.#report(new Error("The camera has stopped: unplugged, or taken away by the system."));
    });
    this.video.muted = true; // iOS plays nothing else without a tap.
    this.video.playsInline = true;
    this.video.srcObject = stream;
    try {
      await this.video.play();
    } catch (error) {
      if (run !== this.#run) return; // stop() interrupted play().
      throw error;
    }
    if (run !== this.#run) return;
    this.#stopFrames = eachFrame(
      this.video,
      () => this.options.onFrame?.() ?? null,
      (error) => this.#report(error),
    );
  }

  /** Stop calling `onFrame`, release the camera (its light goes off) and the video element. */
  async stop() {
    this.#run++;
    this.#release();
  }

  #release() {
    this.#stopFrames();
    if (!this.#stream) return;
    stopTracks(this.#stream);
    if (this.video.srcObject === this.#stream) this.video.srcObject = null;
    this.#stream = undefined;
  }

  /** @param {unknown} error */
  #report(error) {
    if (this.options.onError) this.options.onError(error);
    else reportError(error);
  }
}

/**
 * @param {CameraOptions} options
 * @returns {Promise<MediaStream>}
 */
async function openCamera({ facingMode, width, height, deviceId, resizeMode }) {
  if (!navigator.mediaDevices?.getUserMedia) {
    const reason = isSecureContext
      ? "this browser has no navigator.mediaDevices.getUserMedia"
      : `browsers give cameras only to https:// and localhost, and this page is at ${location.origin}`;
    throw new Error(`The camera cannot be used: ${reason}.`);
  }
  const which = deviceId ? { deviceId: { exact: deviceId } } : { facingMode };
  const size = { width: { ideal: width }, height: { ideal: height }, ...(resizeMode && { resizeMode }) };
  return navigator.mediaDevices.getUserMedia({ video: { ...which, ...size } });
}

/** @param {MediaStream} stream */
function stopTracks(stream) {
  for (const track of stream.getTracks()) track.stop();
}
