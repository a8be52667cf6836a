/**
 * `x` restricted to the interval between two ends, in whichever order they are given.
 * @param {number} x
 * @param {number} x0
 * @param {number} x1
 */
export function clamp(x: number, x0: number, x1: number): number;
/**
 * The value at `x` of the line from `y0` at `x0` to `y1` at `x1`, and of its ends outside of them.
 * @param {number} x
 * @param {number} x0
 * @param {number} x1
 * @param {number} y0
 * @param {number} y1
 */
export function lerp(x: number, x0: number, x1: number, y0: number, y1: number): number;
/**
 * Draw a circle at each landmark. Missing landmarks are left out.
 * @param {Context} ctx
 * @param {Array<NormalizedLandmark | undefined>} [landmarks]
 * @param {DrawingOptions} [style]
 */
export function drawLandmarks(ctx: Context, landmarks?: Array<NormalizedLandmark | undefined>, style?: DrawingOptions): void;
/**
 * Draw lines between landmarks. A connection with an end that is missing or not visible is left out.
 * @param {Context} ctx
 * @param {Array<NormalizedLandmark | undefined>} [landmarks]
 * @param {LandmarkConnectionArray} [connections]
 * @param {DrawingOptions} [style]
 */
export function drawConnectors(ctx: Context, landmarks?: Array<NormalizedLandmark | undefined>, connections?: LandmarkConnectionArray, style?: DrawingOptions): void;
/**
 * Draw a filled rectangle with an outline.
 * @param {Context} ctx
 * @param {NormalizedRect} rect
 * @param {DrawingOptions} [style]
 */
export function drawRectangle(ctx: Context, rect: NormalizedRect, style?: DrawingOptions): void;
export type NormalizedLandmark = {
    x: number;
    y: number;
    z?: number;
    visibility?: number;
};
export type NormalizedLandmarkList = NormalizedLandmark[];
export type NormalizedLandmarkListList = NormalizedLandmarkList[];
/**
 * Pairs of indices into a list of landmarks.
 */
export type LandmarkConnectionArray = Array<[number, number]>;
/**
 * A rectangle by its centre, with its rotation in degrees, clockwise.
 */
export type NormalizedRect = {
    xCenter: number;
    yCenter: number;
    height: number;
    width: number;
    rotation: number;
};
/**
 * What a style that is a function is called with: the index of a landmark or connection, and its ends.
 */
export type Data = {
    index?: number;
    from?: NormalizedLandmark;
    to?: NormalizedLandmark;
};
export type Paint = string | CanvasGradient | CanvasPattern;
export type Fn<I, O> = (input: I) => O;
/**
 * How to draw; each is optional. `fillColor` is `color` unless given.
 */
export type DrawingOptions = {
    /**
     * Of lines; "white" unless given.
     */
    color?: Paint | Fn<Data, Paint> | undefined;
    /**
     * Of areas.
     */
    fillColor?: Paint | Fn<Data, Paint> | undefined;
    /**
     * In pixels, 4 unless given.
     */
    lineWidth?: number | Fn<Data, number> | undefined;
    /**
     * Of landmarks in pixels, 6 unless given.
     */
    radius?: number | Fn<Data, number> | undefined;
    /**
     * Landmarks that are no more visible than this are left out; 0.5 unless given.
     */
    visibilityMin?: number | undefined;
};
export type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
