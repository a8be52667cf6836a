// An image smoothed where a guide, which may be the image itself, is smooth; of the guide's size.

struct Params {
  width: u32,
  height: u32,
  sigma_color: f32,
  sigma_space: f32, // in pixels of the guide
  step: f32,        // between the samples, in pixels of the guide
  start: f32,       // of the first sample, from the centre
}

@group(0) @binding(3) var guide: texture_2d<f32>;

// The image at a position in pixels of the guide.
fn image_at(guide_position: vec2<f32>) -> vec3<f32> {
  let scale = vec2<f32>(textureDimensions(image)) / vec2<f32>(textureDimensions(guide));
  return bilinear(image, (guide_position + 0.5) * scale - 0.5).rgb;
}

fn gaussian(distance: f32, sigma: f32) -> f32 {
  return exp(-distance * distance / (8.0 * sigma * sigma + 2.0e-6));
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let texel_size = 1.0 / vec2<f32>(f32(params.width), f32(params.height));
  let centre = vec2<f32>(id.xy);
  let own = textureLoad(guide, id.xy, 0).rgb;
  let sigma_space = max(texel_size.x, texel_size.y) * params.sigma_space;
  var total = 0.0;
  var sum = vec3<f32>(0.0);
  for (var y = params.start; y <= params.sigma_space; y += params.step) {
    for (var x = params.start; x <= params.sigma_space; x += params.step) {
      let shift = vec2<f32>(x, y);
      let near_space = gaussian(length(shift * texel_size), sigma_space);
      let near_color = gaussian(distance(own, bilinear(guide, centre + shift).rgb), params.sigma_color);
      total += near_space * near_color;
      sum += near_space * near_color * image_at(centre + shift);
    }
  }
  // If sigma_color is tiny, perhaps no sample between pixels has quite the pixel's own colour.
  var color = image_at(centre);
  if (total > 1.0e-30) {
    color = sum / total;
  }
  textureStore(target_image, id.xy, rounded(vec4<f32>(color, 1.0)));
}
