// What can be done with images on a device, the same on each: the functions of mpgraph.gpu.

/**
 * @typedef {import("./device.js").Device} Device
 * @typedef {import("./device.js").DeviceImage} DeviceImage
 * @typedef {import("./device.js").DeviceTensor} DeviceTensor
 * @typedef {import("./affine.js").Affine} Affine
 */

import { scaling } from "./affine.js";

export const NEAREST = 0;
export const BILINEAR = 1;

/** @param {Affine} map */
const rows = ([a, b, c, d, e, f]) => ({ to_source_x: [a, b, c, 0], to_source_y: [d, e, f, 0] });

/**
 * A new image, drawn by a kernel.
 * @param {string} kernel
 * @param {(DeviceImage | DeviceTensor)[]} sources
 * @param {number} width
 * @param {number} height
 * @param {import("./device.js").Parameters} parameters
 */
export function draw(kernel, sources, width, height, parameters) {
  const { device } = sources[0];
  const target = device.newImage(width, height);
  device.dispatch(kernel, target, sources, width, height, { ...parameters, width, height });
  return target;
}

/**
 * An image that has at each pixel what is at the mapped point of another.
 * @param {DeviceImage} image
 * @param {number} width
 * @param {number} height
 * @param {Affine} toSource
 * @param {{method?: number, border?: number[] | null}} [settings] border: RGBA in 0..1 outside of the image; null repeats its edge.
 */
export function warp(image, width, height, toSource, { method = BILINEAR, border = null } = {}) {
  const parameters = { ...rows(toSource), color: border ?? [0, 0, 0, 0], method, border: border !== null };
  const result = draw("warp", [image], width, height, parameters);
  result.premultiplied = image.premultiplied;
  return result;
}

/** The image scaled bilinearly, edges onto edges; the same one if it has that size. A reference of its own either way. @param {DeviceImage} image @param {number} width @param {number} height */
export function resize(image, width, height) {
  if (image.width === width && image.height === height) {
    image.retain();
    return image;
  }
  return warp(image, width, height, scaling(image.width / width, image.height / height));
}

/**
 * A part of an image as the input of a model: (1, height, width, channels), from 0..1 to low..high.
 * @param {DeviceImage} image
 * @param {number} width
 * @param {number} height
 * @param {Affine} toSource
 * @param {{channels: number, low: number, high: number, zeroBorder: boolean}} settings
 */
export function sampleTensor(image, width, height, toSource, { channels, low, high, zeroBorder }) {
  const target = image.device.newTensor([1, height, width, channels]);
  image.device.dispatch("sample_tensor", target, [image], width, height, {
    ...rows(toSource),
    width,
    height,
    channels,
    zero_border: zeroBorder,
    scale: high - low,
    offset: low,
  });
  return target;
}

/**
 * A model's output as a mask in red and alpha.
 * @param {DeviceTensor} tensor
 * @param {number} width
 * @param {number} height
 * @param {{activation: number, channel: number, flip: boolean}} settings activation: 0 none, 1 sigmoid, 2 softmax of two.
 */
export function maskOf(tensor, width, height, { activation, channel, flip }) {
  // Without a previous mask that binding is not read, but something must be bound.
  const blank = tensor.device.newImage(1, 1);
  const parameters = { activation, channel, flip, uses_previous: false, ratio: 0 };
  const result = draw("mask", [tensor, blank], width, height, parameters);
  blank.release();
  result.premultiplied = true;
  return result;
}

/** The red of a mask drawn towards that of the previous one where it is uncertain. @param {DeviceImage} mask @param {DeviceImage} previous @param {number} ratio */
export function smoothed(mask, previous, ratio) {
  const result = draw("smooth_mask", [mask, previous], mask.width, mask.height, { ratio });
  result.premultiplied = true;
  return result;
}

/**
 * An image mixed with a colour by a mask of any size.
 * @param {DeviceImage} image
 * @param {DeviceImage} mask
 * @param {number[]} color In 0..255.
 * @param {{maskChannel: number, invert: boolean, luminance: boolean}} settings
 */
export function recolor(image, mask, color, { maskChannel, invert, luminance }) {
  const parameters = { color: [...color.map((part) => part / 255), 1], mask_channel: maskChannel, invert, luminance };
  return draw("recolor", [image, mask], image.width, image.height, parameters);
}

/** The image with another alpha: another image's red, scaled, or one value in 0..1. @param {DeviceImage} image @param {DeviceImage | number} alpha */
export function setAlpha(image, alpha) {
  const [mask, value] = typeof alpha === "number" ? [image, alpha] : [alpha, 0];
  const parameters = { uses_mask: typeof alpha !== "number", alpha: value };
  return draw("set_alpha", [image, mask], image.width, image.height, parameters);
}

/**
 * The image smoothed where the guide, or the image itself, is smooth; of the guide's size.
 * @param {DeviceImage} image
 * @param {DeviceImage | null} guide
 * @param {number} sigmaColor
 * @param {number} sigmaSpace
 */
export function bilateral(image, guide, sigmaColor, sigmaSpace) {
  const edges = guide ?? image;
  const step = Math.max(1, 0.66 * Math.sqrt(sigmaSpace));
  const start = -sigmaSpace + (step > 1 ? step / 2 : 0);
  const parameters = { sigma_color: sigmaColor, sigma_space: sigmaSpace, step, start };
  return draw("bilateral", [image, edges], edges.width, edges.height, parameters);
}
