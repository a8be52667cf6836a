// A model's output as a mask of the same size: in red and alpha, 0 in green and blue.

struct Params {
  width: u32,
  height: u32,
  activation: u32, // 0: none; 1: sigmoid of one channel; 2: softmax of two
  channel: u32,    // of the two
  flip: u32,       // 1: upside down
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
  let row = select(id.y, params.height - 1u - id.y, params.flip == 1u);
  textureStore(target_image, vec2<u32>(id.x, row), mask_pixel(value));
}
