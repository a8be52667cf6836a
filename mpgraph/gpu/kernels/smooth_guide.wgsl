// Each pixel the mean of a window, rounded to bytes; the window is that of one of two passes.

struct Params {
  width: u32,
  height: u32,
  number: i32, // of the pass
}

@group(0) @binding(3) var<storage, read> total: array<f32>; // the sum of the radii of both windows

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let radius = (i32(total[0]) + 1 - params.number) / 2;
  var sum = vec4<f32>(0.0);
  for (var y = -radius; y <= radius; y++) {
    for (var x = -radius; x <= radius; x++) {
      sum += reflected_texel(image, vec2<i32>(id.xy) + vec2<i32>(x, y));
    }
  }
  let side = f32(2 * radius + 1);
  textureStore(target_image, id.xy, rounded(sum / (side * side)));
}
