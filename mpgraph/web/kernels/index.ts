// The functions of kernels.wasm: each computes what the WGSL kernel of its name computes, in one call. Arguments
// are addresses: of the kernel's Params, its result, then its sources; of images also width and height.

export { conv, depthwise, transpose_conv } from "./convolution";
export { pointwise } from "./pointwise";
export { binary, mean, softmax, unary } from "./elementwise";
export { copy, pool, reshape, resize } from "./moving";
export { unpremultiply } from "./pixels";
export { sample_tensor, warp } from "./warping";
export { bilateral, mask, overlay, recolor, set_alpha, smooth_mask } from "./filters";

/** The first address that the functions do not use themselves. */
export function heapStart(): usize {
  return __heap_base;
}
