/** The page: connects what the user does with the source, the graph and the canvas. */

import { loadBackground, saveBackground } from "./background_store.js";
import { Compositor, STREAMS } from "./compositor.js";
import { explanation } from "./explanation.js";
import { FrameRate } from "./frame_rate.js";
import { GraphView } from "./graph_view.js";
import { setUpInstallation } from "./install.js";
import { Pipeline } from "./pipeline.js";
import { deliver, Recorder, snapshot } from "./recorder.js";
import { loadSettings, saveSettings } from "./settings.js";
import { cameras, Source } from "./source.js";

/**
 * What the server has been started with, from site.json.
 * @typedef {object} Site
 * @property {"auto" | "general" | "landscape" | null} model Chosen on the command line.
 * @property {{name: string, url: string, video: string, outputs: string[]} | null} graph A graph of the user's own.
 */

const DEVICES = { webgpu: "WebGPU", wasm: "WebAssembly" };
/** Frames that are higher than wide, or nearly so: the landscape model would squeeze them. */
const WIDE = 1.2;

/** @template {HTMLElement} T @param {string} id @returns {T} */
function byId(id) {
  return /** @type {T} */ (document.getElementById(id));
}

class App {
  /** @param {Site} site */
  constructor(site) {
    this.site = site;
    this.settings = loadSettings(site.model ? { model: site.model } : {});
    this.canvas = /** @type {HTMLCanvasElement} */ (byId("view"));
    this.compositor = new Compositor(this.canvas);
    this.recorder = new Recorder(this.canvas);
    this.rate = new FrameRate((text) => this.#showRate(text));
    this.pipeline = new Pipeline(
      (layers) => this.#draw(layers),
      (error) => this.fail(error),
      (device) => this.#showDevice(device),
    );
    this.source = new Source(
      /** @type {HTMLVideoElement} */ (byId("video")),
      (frame, width, height) => this.#send(frame, width, height),
      (error) => this.fail(error),
    );
    this.device = "";
    this.wide = true;
    this.stream = site.graph?.outputs[0] ?? "";
  }

  async start() {
    this.#connectSources();
    this.#connectSettings();
    this.#connectCapture();
    const view = new GraphView(byId("graph-dialog"), byId("graph-frame"), "graph.html", () => this.pipeline.statistics());
    byId("show-graph").onclick = () => view.open();
    byId("close-graph").onclick = () => view.dialog.close();
    setUpInstallation(byId("install"));
    this.show();
    await this.#useStoredBackground();
    this.#load().catch((error) => this.fail(error)); // The model is there when the camera is.
    if ((await isCameraAllowed()) && (await cameras()).length > 0) {
      await this.#startCamera(() => this.source.startCamera());
    }
  }

  /** Show a failure on the image. @param {unknown} error */
  fail(error) {
    const message = byId("message");
    message.textContent = explanation(error);
    message.hidden = false;
    console.warn(error);
  }

  /** @param {string} text For screen readers. */
  say(text) {
    byId("status").textContent = text;
  }

  /** Show the settings in the controls. */
  show() {
    const { effect, blur, color, mirror, model, sound } = this.settings;
    const checked = (/** @type {string} */ name, /** @type {string} */ value) => {
      const found = document.querySelector(`input[name="${name}"][value="${value}"]`);
      if (found instanceof HTMLInputElement) found.checked = true;
      return found !== null;
    };
    checked("effect", effect);
    if (!checked("color", color)) {
      checked("color", "own");
      byId("own-color").setAttribute("value", color);
    }
    for (const part of document.querySelectorAll("[data-for]")) {
      /** @type {HTMLElement} */ (part).hidden = part.getAttribute("data-for") !== effect;
    }
    for (const swatch of document.querySelectorAll(".swatch")) {
      /** @type {HTMLElement} */ (swatch).style.background = swatch.getAttribute("data-color") ?? "";
    }
    /** @type {HTMLInputElement} */ (byId("blur")).value = String(blur);
    /** @type {HTMLInputElement} */ (byId("mirror")).checked = mirror;
    /** @type {HTMLInputElement} */ (byId("sound")).checked = sound;
    /** @type {HTMLSelectElement} */ (byId("model")).value = model;
  }

  /** @param {Partial<import("./settings.js").Settings>} change */
  async change(change) {
    Object.assign(this.settings, change);
    saveSettings(this.settings);
    this.show();
    try {
      await this.#load();
      await this.#redraw();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Show an image with the present settings; cameras and videos do so with their next frame. */
  async #redraw() {
    await this.pipeline.idle();
    await this.source.again();
  }

  #load() {
    const { graph } = this.site;
    if (graph) return this.pipeline.use({ url: graph.url, video: graph.video, mirror: "", outputs: [this.stream] });
    const { model, effect } = this.settings;
    const chosen = model === "auto" ? (this.wide ? "landscape" : "general") : model;
    const url = `graphs/selfie_page_${chosen}.graph.json`;
    return this.pipeline.use({ url, video: "input_video", mirror: "mirror", outputs: STREAMS[effect] });
  }

  /** @param {import("./source.js").Frame} frame @param {number} width @param {number} height */
  async #send(frame, width, height) {
    const wide = width >= height * WIDE;
    if (wide !== this.wide) {
      this.wide = wide;
      await this.#load();
    }
    await this.pipeline.send(frame, this.settings.mirror && this.source.kind === "camera");
  }

  /** @param {import("./compositor.js").Layers} layers */
  #draw(layers) {
    if (this.source.kind === null) return;
    const { effect } = this.settings;
    if (this.site.graph) this.compositor.drawAlone(layers[this.stream]);
    else if (STREAMS[effect].every((name) => name in layers)) this.compositor.draw(this.settings, layers);
    else return; // A frame of the effect that was chosen before.
    this.rate.tick();
    if (this.canvas.hidden) {
      this.canvas.hidden = false;
      byId("welcome").hidden = true;
    }
  }

  /** @param {string} text Frames a second, "" if there are none. */
  #showRate(text) {
    const rate = byId("rate");
    rate.hidden = !text;
    rate.textContent = [text, this.device].filter(Boolean).join(" · ");
  }

  /** @param {"webgpu" | "wasm"} device */
  #showDevice(device) {
    this.device = DEVICES[device];
  }

  #connectSources() {
    byId("start-camera").onclick = () => this.#startCamera(() => this.source.startCamera());
    byId("sample").onclick = () =>
      this.#open(async () => this.source.openFile(await (await fetch("sample.jpg")).blob(), "sample.jpg"));
    for (const id of ["file", "first-file"]) {
      const input = /** @type {HTMLInputElement} */ (byId(id));
      input.onchange = () => {
        const [file] = input.files ?? [];
        if (file) void this.#open(() => this.source.openFile(file, file.name));
        input.value = "";
      };
    }
    byId("switch-camera").onclick = () =>
      this.#startCamera(async () => {
        const mirror = await this.source.switchCamera();
        void this.change({ mirror }); // The room is not mirrored.
      });
    const camera = /** @type {HTMLSelectElement} */ (byId("camera"));
    camera.onchange = () => this.#startCamera(() => this.source.startCamera({ deviceId: camera.value }));
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.source.resume().catch((error) => this.fail(error));
    });
    addEventListener("dragover", (event) => event.preventDefault());
    addEventListener("drop", (event) => {
      event.preventDefault();
      const [file] = event.dataTransfer?.files ?? [];
      if (file) void this.#open(() => this.source.openFile(file, file.name));
    });
  }

  /** @param {() => Promise<void>} start */
  async #startCamera(start) {
    await this.#open(start);
    await this.#listCameras();
  }

  /** @param {() => Promise<void>} open */
  async #open(open) {
    byId("message").hidden = true;
    try {
      await this.#load();
      await open();
    } catch (error) {
      this.fail(error);
    }
    const on = this.source.kind !== null;
    for (const id of ["save", "record"]) /** @type {HTMLButtonElement} */ (byId(id)).disabled = !on;
    /** @type {HTMLButtonElement} */ (byId("record")).disabled = !on || !Recorder.supported;
    if (this.source.kind === "camera") this.say("The camera is on.");
  }

  async #listCameras() {
    const found = await cameras();
    const select = /** @type {HTMLSelectElement} */ (byId("camera"));
    select.replaceChildren(...found.map(({ deviceId, label }) => new Option(label, deviceId)));
    select.value = this.source.settings.deviceId ?? "";
    byId("camera-row").hidden = found.length < 2;
    /** @type {HTMLButtonElement} */ (byId("switch-camera")).disabled = found.length < 2;
  }

  #connectSettings() {
    const panel = /** @type {HTMLFormElement} */ (byId("panel"));
    panel.addEventListener("submit", (event) => event.preventDefault());
    panel.addEventListener("input", ({ target }) => {
      if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) void this.change(this.#changeOf(target));
    });
    const own = /** @type {HTMLInputElement} */ (byId("own-color"));
    own.addEventListener("click", () => void this.change({ color: own.value }));
    const file = /** @type {HTMLInputElement} */ (byId("background-file"));
    file.onchange = async () => {
      const [image] = file.files ?? [];
      if (!image) return;
      try {
        await this.#setBackground(image, image.name);
        await saveBackground({ name: image.name, image });
        await this.#redraw();
      } catch {
        this.fail(new Error(`This browser cannot read "${image.name}" as an image.`));
      }
    };
    const { graph } = this.site;
    if (graph) {
      byId("title").textContent = graph.name;
      document.title = `${graph.name} · mpgraph`;
      for (const id of ["effects", "details", "mirror-row", "model-row"]) byId(id).hidden = true;
      const stream = /** @type {HTMLSelectElement} */ (byId("stream"));
      stream.replaceChildren(...graph.outputs.map((name) => new Option(name)));
      byId("stream-row").hidden = graph.outputs.length < 2;
    }
  }

  /** The settings that a control stands for. @param {HTMLInputElement | HTMLSelectElement} control */
  #changeOf(control) {
    const { id, name, value } = control;
    const on = control instanceof HTMLInputElement && control.checked;
    if (name === "effect") return { effect: /** @type {import("./settings.js").Settings["effect"]} */ (value) };
    if (name === "color") return { color: value === "own" ? /** @type {HTMLInputElement} */ (byId("own-color")).value : value };
    if (id === "own-color") return { color: value };
    if (id === "blur") return { blur: Number(value) };
    if (id === "mirror") return { mirror: on };
    if (id === "sound") return { sound: on };
    if (id === "model") return { model: /** @type {import("./settings.js").Settings["model"]} */ (value) };
    if (id === "stream") this.stream = value;
    return {};
  }

  async #useStoredBackground() {
    try {
      const own = await loadBackground();
      if (own) await this.#setBackground(own.image, own.name);
      else await this.#setBackground(await (await fetch("dusk.jpg")).blob(), "Dusk");
    } catch (error) {
      this.fail(error);
    }
  }

  /** @param {Blob} image @param {string} name */
  async #setBackground(image, name) {
    this.compositor.background = await createImageBitmap(image);
    byId("background-name").textContent = name;
  }

  #connectCapture() {
    byId("save").onclick = async () => {
      try {
        await deliver(await snapshot(this.canvas), "selfie");
        this.say("The image is saved.");
      } catch (error) {
        this.fail(error);
      }
    };
    byId("record").onclick = () => this.#toggleRecording().catch((error) => this.fail(error));
  }

  async #toggleRecording() {
    const button = byId("record");
    const clock = byId("clock");
    if (this.recorder.recording) {
      button.setAttribute("aria-pressed", "false");
      clock.hidden = true;
      await deliver(await this.recorder.stop(), "selfie");
      this.say("The recording is saved.");
      return;
    }
    const file = this.source.kind === "video" ? this.source.video : null;
    const hasSound = await this.recorder.start(file, this.settings.sound);
    button.setAttribute("aria-pressed", "true");
    clock.hidden = false;
    this.say(hasSound || !this.settings.sound ? "Recording." : "Recording without sound.");
    const started = performance.now();
    const tick = () => {
      if (!this.recorder.recording) return;
      const seconds = Math.floor((performance.now() - started) / 1000);
      const sound = hasSound ? "" : " · no sound";
      clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}${sound}`;
      setTimeout(tick, 250);
    };
    tick();
  }
}

/** Whether the camera can start without a question to the user; not every browser says so. */
async function isCameraAllowed() {
  try {
    return (await navigator.permissions.query({ name: /** @type {PermissionName} */ ("camera") })).state === "granted";
  } catch {
    return false;
  }
}

const site = await (await fetch("site.json")).json();
await new App(site).start();
