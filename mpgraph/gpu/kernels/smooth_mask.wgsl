// A mask smoothed with the previous one; the result is in red and alpha, rounded to bytes.

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  textureStore(target_image, id.xy, mask_pixel(smoothed(id.xy)));
}
