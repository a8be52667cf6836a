// A matte: linear functions applied to the colors of an image, kept near a mask, and a smooth step.

struct Params {
  width: u32,
  height: u32,
  columns: u32,    // of the functions
  rows: u32,
  reach: i32,      // in pixels of the mask; 0: any distance
}

@group(0) @binding(3) var<storage, read> functions: array<vec4<f32>>;
@group(0) @binding(4) var mask: texture_2d<f32>;

fn function_at(at: vec2<i32>) -> vec4<f32> {
  let inside = clamp(at, vec2<i32>(0), vec2<i32>(i32(params.columns), i32(params.rows)) - 1);
  return functions[inside.y * i32(params.columns) + inside.x];
}

fn ramp(value: f32, low: f32, high: f32) -> f32 {
  return clamp((value - low) / (high - low), 0.0, 1.0);
}

// The most and the least that the matte may be, at a pixel of the mask.
fn limits_at(at: vec2<i32>) -> vec2<f32> {
  var limits = vec2<f32>(0.0, 1.0);
  for (var y = -params.reach; y <= params.reach; y++) {
    for (var x = -params.reach; x <= params.reach; x++) {
      let value = clamp(texel(mask, at + vec2<i32>(x, y)).r, 0.0, 1.0);
      limits = vec2<f32>(max(limits.x, value), min(limits.y, value));
    }
  }
  return vec2<f32>(ramp(limits.x, 0.1, 0.4), ramp(limits.y, 0.6, 0.9));
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let size = vec2<f32>(f32(params.width), f32(params.height));
  let center = vec2<f32>(id.xy) + 0.5;
  var position = center * vec2<f32>(f32(params.columns), f32(params.rows)) / size - 0.5;
  var at = vec2<i32>(floor(position));
  var part = fract(position);
  let function_here = mix(
    mix(function_at(at), function_at(at + vec2<i32>(1, 0)), part.x),
    mix(function_at(at + vec2<i32>(0, 1)), function_at(at + vec2<i32>(1, 1)), part.x),
    part.y,
  );
  let color = textureLoad(image, id.xy, 0);
  var value = clamp(dot(function_here, vec4<f32>(color.rgb, 1.0)), 0.0, 1.0);
  if (params.reach > 0) {
    position = center * vec2<f32>(textureDimensions(mask)) / size - 0.5;
    at = vec2<i32>(floor(position));
    part = fract(position);
    let last = vec2<i32>(textureDimensions(mask)) - 1;
    let corner = clamp(at, vec2<i32>(0), last);
    let beyond = clamp(at + 1, vec2<i32>(0), last);
    let limits = mix(
      mix(limits_at(corner), limits_at(vec2<i32>(beyond.x, corner.y)), part.x),
      mix(limits_at(vec2<i32>(corner.x, beyond.y)), limits_at(beyond), part.x),
      part.y,
    );
    value = max(min(value, limits.x), limits.y);
  }
  textureStore(target_image, id.xy, rounded(vec4<f32>(vec3<f32>(value * value * (3.0 - 2.0 * value)), 1.0)));
}
