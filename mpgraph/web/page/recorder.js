/** Recording of the canvas with sound, and saving of images. */

// MP4 first: it plays everywhere, but not every browser writes it.
const TYPES = ["video/mp4;codecs=avc1.640028,mp4a.40.2", "video/mp4", "video/webm;codecs=vp9,opus", "video/webm"];
const FRAMES_PER_SECOND = 30;
const BITS_PER_SECOND = 6_000_000;

export class Recorder {
  /** @type {MediaRecorder | undefined} */
  #recorder;
  /** @type {Blob[]} */
  #parts = [];
  /** @type {MediaStreamTrack[]} Of the microphone, to be released at the end. */
  #microphone = [];

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
  }

  static get supported() {
    return typeof MediaRecorder === "function" && "captureStream" in HTMLCanvasElement.prototype;
  }

  get recording() {
    return this.#recorder !== undefined;
  }

  /**
   * Begin. Resolves to whether there is sound.
   * @param {HTMLVideoElement | null} file A playing video whose own sound is recorded; null for the microphone.
   * @param {boolean} sound
   */
  async start(file, sound) {
    const tracks = sound ? await this.#soundTracks(file) : [];
    const stream = new MediaStream([...this.canvas.captureStream(FRAMES_PER_SECOND).getVideoTracks(), ...tracks]);
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    this.#recorder = new MediaRecorder(stream, { mimeType, videoBitsPerSecond: BITS_PER_SECOND });
    const parts = (this.#parts = /** @type {Blob[]} */ ([]));
    this.#recorder.ondataavailable = ({ data }) => void parts.push(data);
    this.#recorder.start(1000); // In pieces, so that a long recording does not end in one long pause.
    return tracks.length > 0;
  }

  /** End, and return the video. @returns {Promise<Blob>} */
  async stop() {
    const recorder = this.#recorder;
    if (!recorder) throw new Error("Nothing is being recorded.");
    this.#recorder = undefined;
    const video = await new Promise((resolve) => {
      recorder.onstop = () => resolve(new Blob(this.#parts, { type: recorder.mimeType.split(";")[0] }));
      recorder.stop();
    });
    for (const track of recorder.stream.getVideoTracks()) track.stop();
    for (const track of this.#microphone.splice(0)) track.stop();
    return video;
  }

  /** @param {HTMLVideoElement | null} file @returns {Promise<MediaStreamTrack[]>} */
  async #soundTracks(file) {
    if (file) {
      const capture = /** @type {any} */ (file).captureStream ?? /** @type {any} */ (file).mozCaptureStream;
      return capture ? capture.call(file).getAudioTracks() : [];
    }
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      this.#microphone = stream.getTracks();
    } catch {
      return []; // Refused, or there is none: the video is recorded without.
    }
    return this.#microphone;
  }
}

/** An image of the canvas as PNG. @param {HTMLCanvasElement} canvas @returns {Promise<Blob>} */
export function snapshot(canvas) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The image cannot be encoded."))), "image/png");
  });
}

/** Give a file to the user: the share sheet on phones, else a download. @param {Blob} blob @param {string} stem */
export async function deliver(blob, stem) {
  const suffix = blob.type.split("/")[1].replace("x-matroska", "mkv");
  const time = new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", ".");
  const file = new File([blob], `${stem} ${time}.${suffix}`, { type: blob.type });
  if (matchMedia("(pointer: coarse)").matches && navigator.canShare?.({ files: [file] })) {
    try {
      await navigator.share({ files: [file] });
      return;
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return; // The user thought better of it.
    }
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
