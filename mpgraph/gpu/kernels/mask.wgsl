// A model's answer as a mask of the same size: in red and alpha, 0 in green and blue.

struct Parameters {
  width: u32,
  height: u32,
  activation: u32,     // 0: none; 1: sigmoid of one channel; 2: softmax of two
  channel: u32,        // of the two
  flip: u32,           // 1: upside down
}

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var target_image: texture_storage_2d<rgba8unorm, write>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= parameters.width || id.y >= parameters.height) {
    return;
  }
  let pixel = id.y * parameters.width + id.x;
  var share = 0.0;
  if (parameters.activation == 2u) {
    let own = values[pixel * 2u + parameters.channel];
    let other = values[pixel * 2u + 1u - parameters.channel];
    let largest = max(own, other);
    share = exp(own - largest) / (exp(own - largest) + exp(other - largest));
  } else {
    share = values[pixel];
    if (parameters.activation == 1u) {
      share = 1.0 / (1.0 + exp(-share));
    }
  }
  share = floor(clamp(share, 0.0, 1.0) * 255.0 + 0.5) / 255.0;
  let row = select(id.y, parameters.height - 1u - id.y, parameters.flip == 1u);
  textureStore(target_image, vec2<u32>(id.x, row), vec4<f32>(share, 0.0, 0.0, share));
}
