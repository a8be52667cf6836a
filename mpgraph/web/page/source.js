/** Where the images come from: a camera, a video file, an image. */

import { Camera } from "./package/camera_utils.js";
import { eachFrame } from "./package/frames.js";

/** @typedef {HTMLVideoElement | ImageBitmap} Frame */
/** @typedef {"camera" | "video" | "image"} Kind */

export class Source {
  /** @type {Kind | null} */
  kind = null;
  /** @type {"user" | "environment"} */
  facingMode = "user";
  /** @type {Camera | undefined} */
  #camera;
  /** @type {ImageBitmap | undefined} */
  #image;
  #url = "";
  #stopVideo = () => {};

  /**
   * @param {HTMLVideoElement} video Plays cameras and videos.
   * @param {(frame: Frame, width: number, height: number) => Promise<void>} onFrame Called for each frame; an image
   *   is one, and another whenever `again` is called.
   * @param {(error: unknown) => void} onError
   */
  constructor(video, onFrame, onError) {
    this.video = video;
    this.onFrame = onFrame;
    this.onError = onError;
  }

  /**
   * Start the camera that shows the user, or the room, or one by its id. Rejects as Camera.start.
   * @param {{deviceId?: string, facingMode?: "user" | "environment"}} which
   */
  async startCamera({ deviceId, facingMode } = {}) {
    this.facingMode = facingMode ?? this.facingMode;
    await this.stop();
    this.#camera = new Camera(this.video, {
      facingMode: this.facingMode,
      deviceId,
      width: 1280,
      height: 720,
      resizeMode: "none", // Else some browsers crop the images of a phone held upright to a square.
      onFrame: () => this.#send(this.video, this.video.videoWidth, this.video.videoHeight),
      onError: this.onError,
    });
    await this.#camera.start();
    this.kind = "camera";
  }

  /** Play a video, or show an image. Rejects with an Error if the browser cannot. @param {Blob} file @param {string} name */
  async openFile(file, name) {
    if (file.type.startsWith("video/")) await this.#openVideo(file, name);
    else await this.#openImage(file, name);
  }

  /** Send the frame again, if nothing else will: an image, or a video that is paused. */
  async again() {
    const image = this.#image;
    if (image) {
      try {
        await this.#send(image, image.width, image.height);
      } catch (error) {
        if (image === this.#image) throw error; // Else another source has taken its place meanwhile.
      }
    } else if (this.kind === "video" && this.video.paused) await this.#send(this.video, this.video.videoWidth, this.video.videoHeight);
  }

  /**
   * Start the next camera. Phones are asked for the one that looks the other way, as some have several on a side;
   * resolves to whether it shows the user.
   */
  async switchCamera() {
    const { facingMode, deviceId } = this.settings;
    if (facingMode) {
      await this.startCamera({ facingMode: facingMode === "environment" ? "user" : "environment" });
    } else {
      const ids = (await cameras()).map((camera) => camera.deviceId);
      await this.startCamera({ deviceId: ids[(ids.indexOf(deviceId ?? "") + 1) % ids.length] });
    }
    return this.settings.facingMode !== "environment";
  }

  /** Those of the camera in use; empty without one. @returns {MediaTrackSettings} */
  get settings() {
    const stream = /** @type {MediaStream | null} */ (this.video.srcObject);
    return stream?.getVideoTracks()[0]?.getSettings() ?? {};
  }

  async stop() {
    this.kind = null;
    this.#stopVideo();
    await this.#camera?.stop();
    this.#camera = undefined;
    this.#image?.close();
    this.#image = undefined;
    if (this.#url) {
      this.video.removeAttribute("src");
      this.video.load();
      URL.revokeObjectURL(this.#url);
      this.#url = "";
    }
  }

  /** Start the camera again if the system has ended it, as phones do to pages in the background. */
  async resume() {
    const stream = /** @type {MediaStream | null} */ (this.video.srcObject);
    if (this.kind === "camera" && stream?.getVideoTracks().every((track) => track.readyState === "ended")) {
      await this.startCamera();
    }
  }

  /** @param {Blob} file @param {string} name */
  async #openVideo(file, name) {
    await this.stop();
    this.#url = URL.createObjectURL(file);
    const { video } = this;
    video.loop = true;
    video.src = this.#url;
    try {
      await video.play();
    } catch (error) {
      if (video.error) throw new Error(`This browser cannot play "${name}".`);
      throw error;
    }
    this.kind = "video";
    this.#stopVideo = eachFrame(video, () => this.#send(video, video.videoWidth, video.videoHeight), this.onError);
  }

  /** @param {Blob} file @param {string} name */
  async #openImage(file, name) {
    let image;
    try {
      image = await createImageBitmap(file);
    } catch {
      throw new Error(`This browser cannot read "${name}" as an image.`);
    }
    await this.stop();
    this.#image = image;
    this.kind = "image";
    await this.again();
  }

  /** @param {Frame} frame @param {number} width @param {number} height */
  async #send(frame, width, height) {
    if (width > 0 && height > 0) await this.onFrame(frame, width, height);
  }
}

/** The cameras of this device; their names are known once one of them was allowed. */
export async function cameras() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  const found = devices.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId);
  return found.map(({ deviceId, label }, index) => ({ deviceId, label: label || `Camera ${index + 1}` }));
}

