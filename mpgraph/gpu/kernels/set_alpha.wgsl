// An image with alpha from the red of another image of any size, or with one value everywhere.

struct Params {
  width: u32,
  height: u32,
  uses_mask: u32,
  alpha: f32,     // if no mask is used
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  var alpha = params.alpha;
  if (params.uses_mask == 1u) {
    alpha = scaled(mask, params.width, params.height, id.xy).r;
  }
  textureStore(target_image, id.xy, rounded(vec4<f32>(textureLoad(image, id.xy, 0).rgb, alpha)));
}
