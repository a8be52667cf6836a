// An image with its colours multiplied by its alpha, as canvases take images.

struct Params {
  width: u32,
  height: u32,
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let pixel = textureLoad(image, id.xy, 0);
  textureStore(target_image, id.xy, rounded(vec4<f32>(pixel.rgb * pixel.a, pixel.a)));
}
