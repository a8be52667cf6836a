// A colour laid over a picture, as strong as a mask of any size says.

struct Parameters {
  color: vec4<f32>,
  width: u32,
  height: u32,
  mask_channel: u32, // 0: red; 3: alpha
  invert: u32,       // 1: the colour where the mask is not
  luminance: u32,    // 1: weaker where the picture is dark
}

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var image: texture_2d<f32>;
@group(0) @binding(2) var mask: texture_2d<f32>;
@group(0) @binding(3) var target_image: texture_storage_2d<rgba8unorm, write>;

fn weight(place: vec2<i32>) -> f32 {
  let inside = clamp(place, vec2<i32>(0), vec2<i32>(textureDimensions(mask)) - 1);
  return textureLoad(mask, inside, 0)[parameters.mask_channel];
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= parameters.width || id.y >= parameters.height) {
    return;
  }
  let size = vec2<f32>(f32(parameters.width), f32(parameters.height));
  let place = (vec2<f32>(id.xy) + 0.5) * (vec2<f32>(textureDimensions(mask)) / size) - 0.5;
  let corner = floor(place);
  let part = place - corner;
  let at = vec2<i32>(corner);
  let above = mix(weight(at), weight(at + vec2<i32>(1, 0)), part.x);
  let below = mix(weight(at + vec2<i32>(0, 1)), weight(at + vec2<i32>(1, 1)), part.x);
  var share = mix(above, below, part.y);
  if (parameters.invert == 1u) {
    share = 1.0 - share;
  }
  let pixel = textureLoad(image, id.xy, 0);
  if (parameters.luminance == 1u) {
    share = share * dot(pixel.rgb, vec3<f32>(0.299, 0.587, 0.114));
  }
  let mixed = mix(pixel, parameters.color, share);
  textureStore(target_image, id.xy, floor(clamp(mixed, vec4<f32>(0.0), vec4<f32>(1.0)) * 255.0 + 0.5) / 255.0);
}
