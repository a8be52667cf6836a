// A colour laid over an image with the weights of a mask of any size.

struct Params {
  color: vec4<f32>,
  width: u32,
  height: u32,
  mask_channel: u32, // 0: red; 3: alpha
  invert: u32,       // 1: the colour where the mask is 0
  luminance: u32,    // 1: weaker where the image is dark
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  var weight = scaled(mask, params.width, params.height, id.xy)[params.mask_channel];
  if (params.invert == 1u) {
    weight = 1.0 - weight;
  }
  let pixel = textureLoad(image, id.xy, 0);
  if (params.luminance == 1u) {
    weight = weight * dot(pixel.rgb, vec3<f32>(0.299, 0.587, 0.114));
  }
  textureStore(target_image, id.xy, rounded(mix(pixel, params.color, weight)));
}
