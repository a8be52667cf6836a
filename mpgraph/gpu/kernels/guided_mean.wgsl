// The mean of linear functions in the window round each pixel.

struct Params {
  width: u32,
  height: u32,
  radius: i32,
}

@group(0) @binding(1) var<storage, read_write> means: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> functions: array<vec4<f32>>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let size = vec2<i32>(i32(params.width), i32(params.height));
  var sum = vec4<f32>(0.0);
  for (var y = -params.radius; y <= params.radius; y++) {
    let row = reflected(i32(id.y) + y, size.y) * size.x;
    for (var x = -params.radius; x <= params.radius; x++) {
      sum += functions[row + reflected(i32(id.x) + x, size.x)];
    }
  }
  let side = f32(2 * params.radius + 1);
  means[id.y * params.width + id.x] = sum / (side * side);
}
