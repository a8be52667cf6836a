/**
 * Landmarks, connections and rectangles on a 2D canvas; the API of `@mediapipe/drawing_utils`.
 *
 * Coordinates are normalized: 0 to 1 over the width and the height of the canvas.
 */

/**
 * @typedef {{x: number, y: number, z?: number, visibility?: number}} NormalizedLandmark
 * @typedef {NormalizedLandmark[]} NormalizedLandmarkList
 * @typedef {NormalizedLandmarkList[]} NormalizedLandmarkListList
 * @typedef {Array<[number, number]>} LandmarkConnectionArray Pairs of indices into a list of landmarks.
 */

/**
 * A rectangle by its centre, with its rotation in degrees, clockwise.
 * @typedef {{xCenter: number, yCenter: number, height: number, width: number, rotation: number}} NormalizedRect
 */

/**
 * What a style that is a function is called with: the index of a landmark or connection, and its ends.
 * @typedef {{index?: number, from?: NormalizedLandmark, to?: NormalizedLandmark}} Data
 */

/** @typedef {string | CanvasGradient | CanvasPattern} Paint */

/**
 * @template I, O
 * @typedef {(input: I) => O} Fn
 */

/**
 * How to draw; each is optional. `fillColor` is `color` unless given.
 * @typedef {object} DrawingOptions
 * @property {Paint | Fn<Data, Paint>} [color] Of lines; "white" unless given.
 * @property {Paint | Fn<Data, Paint>} [fillColor] Of areas.
 * @property {number | Fn<Data, number>} [lineWidth] In pixels, 4 unless given.
 * @property {number | Fn<Data, number>} [radius] Of landmarks in pixels, 6 unless given.
 * @property {number} [visibilityMin] Landmarks that are no more visible than this are left out; 0.5 unless given.
 */

/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context */

const DEFAULTS = { color: "white", lineWidth: 4, radius: 6, visibilityMin: 0.5 };

/**
 * `x` restricted to the interval between two ends, in whichever order they are given.
 * @param {number} x
 * @param {number} x0
 * @param {number} x1
 */
export function clamp(x, x0, x1) {
  return Math.min(Math.max(x, Math.min(x0, x1)), Math.max(x0, x1));
}

/**
 * The value at `x` of the line from `y0` at `x0` to `y1` at `x1`, and of its ends outside of them.
 * @param {number} x
 * @param {number} x0
 * @param {number} x1
 * @param {number} y0
 * @param {number} y1
 */
export function lerp(x, x0, x1, y0, y1) {
  if (x0 === x1) return x < x0 ? y0 : y1; // A step; the formula would give NaN.
  return clamp(y0 + ((y1 - y0) * (x - x0)) / (x1 - x0), y0, y1);
}

/**
 * Draw a circle at each landmark. Missing landmarks are left out.
 * @param {Context} ctx
 * @param {Array<NormalizedLandmark | undefined>} [landmarks]
 * @param {DrawingOptions} [style]
 */
export function drawLandmarks(ctx, landmarks, style) {
  if (!landmarks) return;
  const options = complete(style);
  const { width, height } = ctx.canvas;
  ctx.save();
  let index = 0;
  for (const landmark of landmarks) {
    if (!landmark || !isVisible(landmark, options)) continue;
    const data = { index: index++, from: landmark };
    ctx.fillStyle = valueFor(options.fillColor, data);
    ctx.strokeStyle = valueFor(options.color, data);
    ctx.lineWidth = valueFor(options.lineWidth, data);
    ctx.beginPath();
    ctx.arc(landmark.x * width, landmark.y * height, valueFor(options.radius, data), 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
  }
  ctx.restore();
}

/**
 * Draw lines between landmarks. A connection with an end that is missing or not visible is left out.
 * @param {Context} ctx
 * @param {Array<NormalizedLandmark | undefined>} [landmarks]
 * @param {LandmarkConnectionArray} [connections]
 * @param {DrawingOptions} [style]
 */
export function drawConnectors(ctx, landmarks, connections, style) {
  if (!landmarks || !connections) return;
  const options = complete(style);
  const { width, height } = ctx.canvas;
  ctx.save();
  for (const [index, ends] of connections.entries()) {
    const from = landmarks[ends[0]];
    const to = landmarks[ends[1]];
    if (!from || !to || !isVisible(from, options) || !isVisible(to, options)) continue;
    const data = { index, from, to };
    ctx.strokeStyle = valueFor(options.color, data);
    ctx.lineWidth = valueFor(options.lineWidth, data);
    ctx.beginPath();
    ctx.moveTo(from.x * width, from.y * height);
    ctx.lineTo(to.x * width, to.y * height);
    ctx.stroke();
  }
  ctx.restore();
}

/**
 * Draw a filled rectangle with an outline.
 * @param {Context} ctx
 * @param {NormalizedRect} rect
 * @param {DrawingOptions} [style]
 */
export function drawRectangle(ctx, rect, style) {
  const options = complete(style);
  const canvas = ctx.canvas;
  const width = rect.width * canvas.width;
  const height = rect.height * canvas.height;
  ctx.save();
  ctx.fillStyle = valueFor(options.fillColor, {});
  ctx.strokeStyle = valueFor(options.color, {});
  ctx.lineWidth = valueFor(options.lineWidth, {});
  ctx.translate(rect.xCenter * canvas.width, rect.yCenter * canvas.height);
  ctx.rotate(((rect.rotation ?? 0) * Math.PI) / 180);
  ctx.beginPath();
  ctx.rect(-width / 2, -height / 2, width, height);
  ctx.stroke();
  ctx.fill();
  ctx.restore();
}

/** @param {DrawingOptions} [style] */
function complete(style) {
  return { ...DEFAULTS, fillColor: style?.color ?? DEFAULTS.color, ...style };
}

/**
 * @param {NormalizedLandmark} landmark
 * @param {{visibilityMin: number}} options
 */
function isVisible(landmark, options) {
  return landmark.visibility === undefined || landmark.visibility > options.visibilityMin;
}

/**
 * @template T
 * @param {T | Fn<Data, T>} value
 * @param {Data} data
 * @returns {T}
 */
function valueFor(value, data) {
  return typeof value === "function" ? /** @type {Fn<Data, T>} */ (value)(data) : value;
}
