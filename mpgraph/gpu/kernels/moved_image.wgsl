// An image whose parts are moved.

struct Params {
  width: u32,
  height: u32,
}

@group(0) @binding(3) var right: texture_2d<f32>;
@group(0) @binding(4) var down: texture_2d<f32>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let color = bilinear(image, moved(right, down, params.width, params.height, id.xy));
  textureStore(target_image, id.xy, rounded(color));
}
