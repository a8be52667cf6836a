// A model's output as a mask of the same size, in red and alpha; optionally drawn towards the previous mask
// where it is uncertain.

struct Params {
  width: u32,
  height: u32,
  activation: u32,    // 0: none; 1: sigmoid of one channel; 2: softmax of two
  channel: u32,       // of the two
  flip: u32,          // 1: upside down
  uses_previous: u32,
  ratio: f32,         // weight of the previous mask
}

fn old_value(id: vec2<u32>) -> f32 {
  // MediaPipe's shader maps the first and the last pixel to the edges of the previous mask.
  let last = max(vec2<f32>(f32(params.width), f32(params.height)) - 1.0, vec2<f32>(1.0));
  return bilinear(previous, vec2<f32>(id) / last * vec2<f32>(textureDimensions(previous)) - 0.5).r;
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let pixel = id.y * params.width + id.x;
  var value = 0.0;
  if (params.activation == 2u) {
    value = softmax(scores[pixel * 2u + params.channel], scores[pixel * 2u + 1u - params.channel]);
  } else {
    value = scores[pixel];
    if (params.activation == 1u) {
      value = 1.0 / (1.0 + exp(-value));
    }
  }
  if (params.uses_previous == 1u) {
    // 1 - entropy in bits, made steeper.
    let entropy = value * log(value + 0.001) + (1.0 - value) * log(1.0 - value + 0.001);
    var certainty = clamp(1.0 + entropy / 0.6931471805599453, 0.0, 1.0);
    certainty = certainty * (2.0 - certainty);
    let mixed = value * certainty + old_value(id.xy) * (1.0 - certainty);
    value = mixed * params.ratio + value * (1.0 - params.ratio);
  }
  let row = select(id.y, params.height - 1u - id.y, params.flip == 1u);
  textureStore(target_image, vec2<u32>(id.x, row), mask_pixel(value));
}
