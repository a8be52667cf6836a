// A Gaussian along one direction.

struct Params {
  width: u32,
  height: u32,
  down: u32,    // 1: along columns
  radius: i32,
  sigma: f32,
}

@group(0) @binding(1) var<storage, read_write> blurred: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> colors: array<vec4<f32>>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let size = vec2<i32>(i32(params.width), i32(params.height));
  var sum = vec4<f32>(0.0);
  var total = 0.0;
  for (var i = -params.radius; i <= params.radius; i++) {
    let ratio = f32(i) / params.sigma;
    let weight = exp(-0.5 * ratio * ratio);
    var at = vec2<i32>(id.xy);
    if (params.down == 1u) {
      at.y = reflected(at.y + i, size.y);
    } else {
      at.x = reflected(at.x + i, size.x);
    }
    sum += weight * colors[at.y * size.x + at.x];
    total += weight;
  }
  blurred[id.y * params.width + id.x] = sum / total;
}
