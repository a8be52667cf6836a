// Each pixel the mean of 3x3, rounded to bytes.

struct Params {
  width: u32,
  height: u32,
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  var sum = vec4<f32>(0.0);
  for (var i = 0; i < 9; i++) {
    sum += reflected_texel(image, vec2<i32>(id.xy) + vec2<i32>(i % 3 - 1, i / 3 - 1));
  }
  textureStore(target_image, id.xy, rounded(sum / 9.0));
}
