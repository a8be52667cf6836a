/** The source of the images: a camera, a video, an image. */

import { Camera } from "../camera_utils.js";
import { eachFrame } from "../frames.js";
import { element, icon, uniqueId } from "./dom.js";
import { VideoControls } from "./video_controls.js";

/**
 * @typedef {import("./types.js").Control} Control
 * @typedef {import("./types.js").FireFn} FireFn
 * @typedef {import("./types.js").InputImage} InputImage
 * @typedef {import("./types.js").OptionMap} OptionMap
 * @typedef {import("./types.js").Rectangle} Rectangle
 *
 * @typedef {{name: string, src: string}} NamedSource
 * @typedef {"image" | "video" | "webcam"} SourceType
 *
 * @typedef {object} SourcePickerConfig
 * @property {boolean} [allowVideo] Cameras and videos; true unless given.
 * @property {boolean} [allowImage] Images; true unless given.
 * @property {{facingMode?: "user" | "environment", width?: number, height?: number}} [cameraOptions]
 * @property {(image: InputImage, size: Rectangle) => Promise<void> | void | null} [onFrame] Called for each frame of
 *   a camera or video, and for an image when it is loaded and whenever options have changed.
 * @property {(video: HTMLVideoElement) => Promise<void> | void} [onVideoElementCreated]
 * @property {(name: string, type: SourceType) => Promise<void> | void} [onSourceChanged] Called before its first frame,
 *   with the id of a camera or the address of a file.
 * @property {{videos?: NamedSource[], images?: NamedSource[]}} [examples]
 * @property {(error: unknown) => void} [onError] Receives failures, which the panel shows in any case. Not in the
 *   original.
 */

/** @typedef {{name: string, type: SourceType, id: string}} Source id: of a camera, or the address of a file. */

const LAST_SOURCE = "SOURCE_PICKER_LAST_SOURCE"; // The original's name, in localStorage.

/** @implements {Control} */
export class SourcePicker {
  #video = element("video");
  #image = element("img");
  #select = element("select", "dropdown");
  #file = element("input");
  #message = element("p", "source-message");
  #controls = new VideoControls(this.#video);
  /** @type {Source[]} */
  #sources = [];
  /** @type {Source | undefined} */
  #current;
  /** @type {Camera | undefined} */
  #camera;
  #stopVideo = () => {};
  /** The address of a file of the user, to be released when another takes its place. */
  #fileUrl = "";
  #aspectRatio = 0;

  /** @param {SourcePickerConfig} config */
  constructor(config) {
    this.config = { allowVideo: true, allowImage: true, ...config };
    this.cameraOptions = { facingMode: /** @type {const} */ ("user"), width: 640, height: 480, ...config.cameraOptions };
  }

  /** @param {FireFn} _fire @param {OptionMap} _options @param {HTMLElement} parent */
  create(_fire, _options, parent) {
    const video = this.#video;
    video.playsInline = video.muted = video.loop = true;
    // Examples of other origins can be used only if their servers permit it; data of the user always can.
    video.crossOrigin = this.#image.crossOrigin = "anonymous";
    this.#select.setAttribute("aria-label", "Source");
    this.#select.onchange = () => this.#choose(this.#sources[this.#select.selectedIndex], true);
    this.#message.setAttribute("role", "status");
    this.#controls.visible = false;
    parent.append(
      element("div", "control-panel-entry control-panel-source-picker", [
        element("div", "source-selection", [
          element("div", "dropdown-wrapper", [this.#select]),
          this.#fileSelection(),
          element("div", "inputs", [video, this.#image]),
        ]),
        this.#controls.root,
        this.#message,
      ]),
    );
    void this.config.onVideoElementCreated?.(video);
    void this.#listSources();
  }

  /** An image is sent again, since the options may have changed. */
  update() {
    if (this.#current?.type === "image" && this.#image.naturalWidth > 0) void this.#send(this.#image);
  }

  /**
   * Crop the camera to a ratio of width to height, now and after each change of the camera, where it can do so.
   * @param {number} aspectRatio 0 for the camera's own.
   */
  setVideoCameraAspectRatio(aspectRatio) {
    this.#aspectRatio = aspectRatio;
    void this.#crop();
  }

  #fileSelection() {
    const { allowVideo, allowImage } = this.config;
    const file = this.#file;
    file.type = "file";
    file.id = uniqueId("file");
    file.className = "visually-hidden";
    file.accept = [allowImage && "image/*", allowVideo && "video/*"].filter(Boolean).join(",");
    file.onchange = () => {
      const [chosen] = file.files ?? [];
      if (!chosen) return;
      const type = /** @type {SourceType} */ (chosen.type.split("/")[0]);
      if (type !== "image" && type !== "video") {
        this.#fail(new Error(`"${chosen.name}" is neither an image nor a video that this browser knows.`));
        return;
      }
      URL.revokeObjectURL(this.#fileUrl);
      this.#fileUrl = URL.createObjectURL(chosen);
      this.#select.selectedIndex = -1;
      this.#choose({ name: chosen.name, type, id: this.#fileUrl }, false);
      file.value = ""; // Choosing the same file again is a change, too.
    };
    const label = element("label", "file-selection", [icon("upload")]);
    label.htmlFor = file.id;
    label.title = "Open a file";
    file.setAttribute("aria-label", "Open a file");
    return element("span", "file-picker", [file, label]);
  }

  async #listSources() {
    const { allowVideo, allowImage, examples } = this.config;
    const cameras = allowVideo ? await this.#cameras() : [];
    const files = (/** @type {NamedSource[] | undefined} */ list, /** @type {SourceType} */ type) =>
      (list ?? []).map(({ name, src }) => ({ name, type, id: src }));
    this.#sources = [
      ...cameras,
      ...files(allowVideo ? examples?.videos : [], "video"),
      ...files(allowImage ? examples?.images : [], "image"),
    ];
    this.#select.replaceChildren(...this.#sources.map(({ name }) => new Option(name)));
    this.#select.selectedIndex = -1;
    if (this.#current) return; // The user was faster, with a file.
    const last = this.#sources.find(({ name }) => name === stored());
    const first = last ?? this.#sources[0];
    if (first) this.#choose(first, false);
  }

  /** The cameras by name, which browsers tell only once the user has allowed one. @returns {Promise<Source[]>} */
  async #cameras() {
    try {
      if (!navigator.mediaDevices) return [];
      const list = async () =>
        (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput");
      let devices = await list();
      if (devices.length > 0 && !devices.some(({ label }) => label)) {
        const stream = await navigator.mediaDevices.getUserMedia({ video: true });
        for (const track of stream.getTracks()) track.stop();
        devices = await list();
      }
      const named = devices.map(({ label, deviceId }, index) => ({ name: label || `Camera ${index + 1}`, id: deviceId }));
      return named.map((camera) => ({ ...camera, type: /** @type {const} */ ("webcam") }));
    } catch (error) {
      this.#fail(error); // Refused: examples and files can still be used.
      return [];
    }
  }

  /** @param {Source} source @param {boolean} remember */
  #choose(source, remember) {
    this.#select.selectedIndex = this.#sources.indexOf(source);
    if (remember) store(source.name);
    this.#start(source).catch((error) => {
      if (this.#current === source) this.#fail(error);
    });
  }

  /** @param {Source} source */
  async #start(source) {
    this.#current = source;
    this.#message.textContent = "";
    this.#controls.visible = source.type === "video";
    const video = this.#video;
    await this.#camera?.stop();
    this.#camera = undefined;
    this.#stopVideo();
    video.pause();
    await this.config.onSourceChanged?.(source.id, source.type);
    if (source.type === "webcam") {
      this.#camera = new Camera(video, {
        ...this.cameraOptions,
        deviceId: source.id,
        onFrame: () => this.#send(video),
        onError: (error) => this.#fail(error),
      });
      await this.#camera.start();
      await this.#crop();
    } else if (source.type === "video") {
      video.srcObject = null;
      video.src = source.id;
      await video.play();
      if (this.#current === source) this.#stopVideo = eachFrame(video, () => this.#send(video), () => {});
    } else {
      const loaded = new Promise((resolve, reject) => {
        this.#image.onload = resolve;
        this.#image.onerror = () => reject(new Error(`The image "${source.name}" cannot be loaded.`));
      });
      this.#image.src = source.id;
      await loaded;
      if (this.#current === source) await this.#send(this.#image);
    }
  }

  /** @param {HTMLVideoElement | HTMLImageElement} input */
  async #send(input) {
    const size =
      input instanceof HTMLVideoElement
        ? { width: input.videoWidth, height: input.videoHeight }
        : { width: input.naturalWidth, height: input.naturalHeight };
    try {
      await this.config.onFrame?.(input, size);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #crop() {
    const stream = this.#camera && /** @type {MediaStream | null} */ (this.#video.srcObject);
    if (!stream || !this.#aspectRatio) return;
    const { width, height } = this.cameraOptions;
    const constraints = { width, height, aspectRatio: { ideal: this.#aspectRatio }, resizeMode: "crop-and-scale" };
    await stream.getVideoTracks()[0].applyConstraints(constraints);
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#message.textContent = explanation(error);
    if (this.config.onError) this.config.onError(error);
    else console.error(error);
  }
}

/** @param {unknown} error */
function explanation(error) {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError") return "The camera is not allowed. Allow it in the browser's address bar.";
  if (name === "NotFoundError") return "There is no camera.";
  if (name === "NotReadableError") return "The camera is in use by another program.";
  return error instanceof Error ? error.message : String(error);
}

/** Storage may be forbidden, as in a frame of another site; then nothing is remembered. */
function stored() {
  try {
    return localStorage.getItem(LAST_SOURCE);
  } catch {
    return null;
  }
}

/** @param {string} name */
function store(name) {
  try {
    localStorage.setItem(LAST_SOURCE, name);
  } catch {
    // As above.
  }
}
