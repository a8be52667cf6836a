// A mask drawn towards the one before, of any size, where it is uncertain; both in red. Out: red and alpha.

struct Parameters {
  width: u32,
  height: u32,
  ratio: f32, // how much the mask before counts where the new one is wholly uncertain
}

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var mask: texture_2d<f32>;
@group(0) @binding(2) var previous: texture_2d<f32>;
@group(0) @binding(3) var target_image: texture_storage_2d<rgba8unorm, write>;

fn old_texel(place: vec2<i32>) -> f32 {
  return textureLoad(previous, clamp(place, vec2<i32>(0), vec2<i32>(textureDimensions(previous)) - 1), 0).r;
}

fn old_value(id: vec2<u32>) -> f32 {
  // This quotient is 1 where both are of one size, and the place then a pixel's middle exactly.
  let scale = vec2<f32>(textureDimensions(previous)) / vec2<f32>(f32(parameters.width), f32(parameters.height));
  let place = (vec2<f32>(id) + 0.5) * scale - 0.5;
  let corner = floor(place);
  let part = place - corner;
  let at = vec2<i32>(corner);
  let above = mix(old_texel(at), old_texel(at + vec2<i32>(1, 0)), part.x);
  let below = mix(old_texel(at + vec2<i32>(0, 1)), old_texel(at + vec2<i32>(1, 1)), part.x);
  return mix(above, below, part.y);
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= parameters.width || id.y >= parameters.height) {
    return;
  }
  let new_value = textureLoad(mask, id.xy, 0).r;
  let distance = new_value - 0.5;
  let x = distance * distance;
  // A polynomial near the entropy of a coin that falls so.
  let certainty = x * (5.68842 + x * (-0.748699 + x * (-57.8051 + x * (291.309 + x * -624.717))));
  let uncertainty = 1.0 - min(1.0, certainty);
  let mixed = new_value + (old_value(id.xy) - new_value) * uncertainty * parameters.ratio;
  let share = floor(clamp(mixed, 0.0, 1.0) * 255.0 + 0.5) / 255.0;
  textureStore(target_image, id.xy, vec4<f32>(share, 0.0, 0.0, share));
}
