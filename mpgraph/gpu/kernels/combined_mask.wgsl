// Two scores a pixel as a mask in red and alpha, drawn towards the mask before where it is uncertain.

struct Parameters {
  width: u32,
  height: u32,
  channel: u32,       // which of the two scores
  flip: u32,          // 1: upside down
  uses_previous: u32,
  ratio: f32,         // how much the mask before counts
}

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> scores: array<f32>;
@group(0) @binding(2) var previous: texture_2d<f32>;
@group(0) @binding(3) var target_image: texture_storage_2d<rgba8unorm, write>;

fn old_texel(place: vec2<i32>) -> f32 {
  return textureLoad(previous, clamp(place, vec2<i32>(0), vec2<i32>(textureDimensions(previous)) - 1), 0).r;
}

fn old_value(id: vec2<u32>) -> f32 {
  // MediaPipe's shader takes the first pixel for the edge of the mask before, and the last one too.
  let last = max(vec2<f32>(f32(parameters.width), f32(parameters.height)) - 1.0, vec2<f32>(1.0));
  let place = vec2<f32>(id) / last * vec2<f32>(textureDimensions(previous)) - 0.5;
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
  let pixel = (id.y * parameters.width + id.x) * 2u;
  let own = scores[pixel + parameters.channel];
  let other = scores[pixel + 1u - parameters.channel];
  let largest = max(own, other);
  var share = exp(own - largest) / (exp(own - largest) + exp(other - largest));
  if (parameters.uses_previous == 1u) {
    // 1 - entropy in bits, and steeper.
    let entropy = share * log(share + 0.001) + (1.0 - share) * log(1.0 - share + 0.001);
    var certainty = clamp(1.0 + entropy / 0.6931471805599453, 0.0, 1.0);
    certainty = certainty * (2.0 - certainty);
    let mixed = share * certainty + old_value(id.xy) * (1.0 - certainty);
    share = mixed * parameters.ratio + share * (1.0 - parameters.ratio);
  }
  share = floor(clamp(share, 0.0, 1.0) * 255.0 + 0.5) / 255.0;
  let row = select(id.y, parameters.height - 1u - id.y, parameters.flip == 1u);
  textureStore(target_image, vec2<u32>(id.x, row), vec4<f32>(share, 0.0, 0.0, share));
}
