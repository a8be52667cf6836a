// A picture smoothed where a guide, which may be the picture itself, is smooth; as large as the guide.

struct Parameters {
  width: u32,
  height: u32,
  sigma_color: f32,
  sigma_space: f32, // in pixels of the guide
  step: f32,        // between the places that are sampled, in pixels of the guide
  start: f32,       // of the first one, from the middle
}

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var image: texture_2d<f32>;
@group(0) @binding(2) var guide: texture_2d<f32>;
@group(0) @binding(3) var target_image: texture_storage_2d<rgba8unorm, write>;

fn image_texel(place: vec2<i32>) -> vec3<f32> {
  return textureLoad(image, clamp(place, vec2<i32>(0), vec2<i32>(textureDimensions(image)) - 1), 0).rgb;
}

fn guide_texel(place: vec2<i32>) -> vec3<f32> {
  return textureLoad(guide, clamp(place, vec2<i32>(0), vec2<i32>(textureDimensions(guide)) - 1), 0).rgb;
}

// Both take places in pixels of the guide, whose middles are at whole numbers.
fn image_at(guide_place: vec2<f32>) -> vec3<f32> {
  let scale = vec2<f32>(textureDimensions(image)) / vec2<f32>(textureDimensions(guide));
  let place = (guide_place + 0.5) * scale - 0.5;
  let corner = floor(place);
  let part = place - corner;
  let at = vec2<i32>(corner);
  let above = mix(image_texel(at), image_texel(at + vec2<i32>(1, 0)), part.x);
  let below = mix(image_texel(at + vec2<i32>(0, 1)), image_texel(at + vec2<i32>(1, 1)), part.x);
  return mix(above, below, part.y);
}

fn guide_at(place: vec2<f32>) -> vec3<f32> {
  let corner = floor(place);
  let part = place - corner;
  let at = vec2<i32>(corner);
  let above = mix(guide_texel(at), guide_texel(at + vec2<i32>(1, 0)), part.x);
  let below = mix(guide_texel(at + vec2<i32>(0, 1)), guide_texel(at + vec2<i32>(1, 1)), part.x);
  return mix(above, below, part.y);
}

fn gaussian(distance: f32, sigma: f32) -> f32 {
  return exp(-distance * distance / (8.0 * sigma * sigma + 2.0e-6));
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= parameters.width || id.y >= parameters.height) {
    return;
  }
  let texel_size = 1.0 / vec2<f32>(f32(parameters.width), f32(parameters.height));
  let middle = vec2<f32>(id.xy);
  let own = textureLoad(guide, id.xy, 0).rgb;
  let sigma_space = max(texel_size.x, texel_size.y) * parameters.sigma_space;
  var total = 0.0;
  var sum = vec3<f32>(0.0);
  for (var y = parameters.start; y <= parameters.sigma_space; y += parameters.step) {
    for (var x = parameters.start; x <= parameters.sigma_space; x += parameters.step) {
      let shift = vec2<f32>(x, y);
      let near_space = gaussian(length(shift * texel_size), sigma_space);
      let near_color = gaussian(distance(own, guide_at(middle + shift)), parameters.sigma_color);
      total += near_space * near_color;
      sum += near_space * near_color * image_at(middle + shift);
    }
  }
  // Where sigma_color is tiny, no place between pixels may have quite the pixel's own colour.
  var color = image_at(middle);
  if (total > 1.0e-30) {
    color = sum / total;
  }
  textureStore(target_image, id.xy, vec4<f32>(floor(clamp(color, vec3<f32>(0.0), vec3<f32>(1.0)) * 255.0 + 0.5) / 255.0, 1.0));
}
