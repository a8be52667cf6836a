/** Draws what the graph has sent: the background of the chosen effect, and the people on top. */

/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {Record<string, ImageBitmap>} Layers Images by the name of their stream. */

/** The streams that each effect needs; no others are converted to images. @type {Record<Settings["effect"], string[]>} */
export const STREAMS = {
  none: ["image"],
  blur: ["person", "backdrop"],
  color: ["person"],
  image: ["person"],
  transparent: ["person"],
  mask: ["person"],
};

/** Drawing a layer over itself as often makes alpha above a third opaque, with the layer's own colors. */
const REPEATS = 8;
/** How wide, in pixels, the image is made by blurring of strength 1, and by how much smaller by each more. */
const WIDEST = 110;
const NARROWER = 0.78;

export class Compositor {
  /** @type {CanvasImageSource & {width: number, height: number} | null} The background of the effect "image". */
  background = null;
  #blur = new Blur();
  #layer = document.createElement("canvas");

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = context2d(canvas);
  }

  /** @param {Settings} settings @param {Layers} layers */
  draw(settings, layers) {
    const top = layers[STREAMS[settings.effect][0]];
    const { canvas, context } = this;
    if (canvas.width !== top.width || canvas.height !== top.height) {
      canvas.width = top.width;
      canvas.height = top.height;
      canvas.style.setProperty("--ratio", String(top.width / top.height));
    }
    const { width, height } = canvas;
    context.globalCompositeOperation = "copy";
    switch (settings.effect) {
      case "none":
      case "transparent":
        context.drawImage(top, 0, 0);
        return;
      case "mask":
        context.drawImage(top, 0, 0);
        this.#fill("source-in", "#ffffff");
        this.#fill("destination-over", "#000000");
        return;
      case "blur":
        this.#blur.draw(context, settings.blur, layers.backdrop, layers.person);
        break;
      case "color":
        this.#fill("copy", settings.color);
        break;
      case "image":
        if (this.background) drawCovering(context, this.background, width, height);
        else this.#fill("copy", "#808080");
    }
    context.globalCompositeOperation = "source-over";
    context.drawImage(settings.effect === "blur" ? top : this.#tightened(top), 0, 0);
  }

  /**
   * The people with alpha squared: their outermost pixels, which have colors of the old background, would glow in
   * front of a new one.
   * @param {ImageBitmap} person
   */
  #tightened(person) {
    const layer = cleared(this.#layer, person.width, person.height);
    layer.drawImage(person, 0, 0);
    layer.globalCompositeOperation = "destination-in";
    layer.drawImage(person, 0, 0);
    return this.#layer;
  }

  /** Draw an image alone, as graphs of the user's own send them. @param {ImageBitmap} image */
  drawAlone(image) {
    this.draw({ .../** @type {Settings} */ ({}), effect: "none" }, { image });
  }

  /** @param {GlobalCompositeOperation} operation @param {string} color */
  #fill(operation, color) {
    this.context.globalCompositeOperation = operation;
    this.context.fillStyle = color;
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
  }
}

/**
 * A blurred background without a halo of the people in it.
 *
 * Blurring is scaling down and up again in steps, since not every browser's canvas has filters. People are cut out
 * first, so that only the background's own colors are mixed; what is missing behind them is taken from further away.
 */
class Blur {
  #cut = document.createElement("canvas");
  #mixed = document.createElement("canvas");
  #work = [document.createElement("canvas"), document.createElement("canvas")];

  /**
   * @param {CanvasRenderingContext2D} target @param {number} strength
   * @param {ImageBitmap} backdrop @param {ImageBitmap} person
   */
  draw(target, strength, backdrop, person) {
    const { width, height } = target.canvas;
    const shape = height / width;
    const size = Math.max(4, WIDEST * NARROWER ** (strength - 1));
    const mixed = cleared(this.#mixed, backdrop.width, backdrop.width * shape);
    drawStretched(mixed, this.#blurred(backdrop, size, shape)); // Where there are only people.
    const cut = cleared(this.#cut, backdrop.width, backdrop.width * shape);
    drawStretched(cut, backdrop);
    cut.globalCompositeOperation = "destination-out";
    drawStretched(cut, person);
    const soft = this.#blurred(this.#cut, size, shape);
    for (let i = 0; i < REPEATS; i++) drawStretched(mixed, soft);
    target.globalCompositeOperation = "copy";
    drawStretched(target, this.#mixed);
  }

  /**
   * @param {ImageBitmap | HTMLCanvasElement} image
   * @param {number} size The least width on the way, in pixels.
   * @param {number} shape Height by width of what it is blurred for.
   */
  #blurred(image, size, shape) {
    /** @type {ImageBitmap | HTMLCanvasElement} */
    let from = image;
    const to = (/** @type {number} */ width) => {
      const canvas = this.#work[from === this.#work[0] ? 1 : 0];
      drawStretched(cleared(canvas, width, width * shape), from);
      from = canvas;
    };
    while (from.width / 2 > size) to(from.width / 2);
    to(size);
    while (from.width < image.width) to(from.width * 2);
    return from;
  }
}

/**
 * Fill a canvas with the middle of an image, scaled as little as possible.
 * @param {CanvasRenderingContext2D} context
 * @param {CanvasImageSource & {width: number, height: number}} image
 * @param {number} width @param {number} height
 */
function drawCovering(context, image, width, height) {
  const scale = Math.max(width / image.width, height / image.height);
  const [w, h] = [width / scale, height / scale];
  context.imageSmoothingQuality = "high";
  context.drawImage(image, (image.width - w) / 2, (image.height - h) / 2, w, h, 0, 0, width, height);
}

/** Draw an image over a whole canvas. @param {CanvasRenderingContext2D} context @param {CanvasImageSource} image */
function drawStretched(context, image) {
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, context.canvas.width, context.canvas.height);
}

/** An empty canvas of a size, to draw on. @param {HTMLCanvasElement} canvas @param {number} width @param {number} height */
function cleared(canvas, width, height) {
  canvas.width = Math.max(Math.round(width), 2);
  canvas.height = Math.max(Math.round(height), 2);
  return context2d(canvas);
}

/** @param {HTMLCanvasElement} canvas */
function context2d(canvas) {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser has no 2D canvas.");
  return context;
}
