// Weighed colors divided by their weights, as an image.

struct Params {
  width: u32,
  height: u32,
}

@group(0) @binding(2) var<storage, read> colors: array<vec4<f32>>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let color = colors[id.y * params.width + id.x];
  textureStore(target_image, id.xy, rounded(vec4<f32>(color.rgb / color.a, 1.0)));
}
