// Average of a whole picture. One workgroup makes four channels of one picture.

struct Params {
  count: i32,
  pixels: i32,
  blocks: i32,
  activation: i32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> result: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> image: array<vec4<f32>>;

var<workgroup> sums: array<vec4<f32>, 64>;

fn activate(x: vec4<f32>, kind: i32) -> vec4<f32> {
  switch kind {
    case 1: { return max(x, vec4<f32>(0.0)); }
    case 2: { return clamp(x, vec4<f32>(-1.0), vec4<f32>(1.0)); }
    case 3: { return clamp(x, vec4<f32>(0.0), vec4<f32>(6.0)); }
    // Beyond 15 it is 1 in float32, and some drivers overflow.
    case 4: { return tanh(clamp(x, vec4<f32>(-15.0), vec4<f32>(15.0))); }
    case 6: { return x * clamp(x + 3.0, vec4<f32>(0.0), vec4<f32>(6.0)) / 6.0; }
    case 7: { return 1.0 / (1.0 + exp(-x)); }
    default: { return x; }
  }
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  // Invocations past the end take part too, since all must reach the barriers.
  let index = i32(group.x + group.y * groups.x);
  let block = index % params.blocks;
  let start = (index / params.blocks) * params.pixels;
  var sum = vec4<f32>(0.0);
  if (index < params.count) {
    for (var i = i32(lane); i < params.pixels; i += 64) {
      sum += image[(start + i) * params.blocks + block];
    }
  }
  sums[lane] = sum;
  for (var half = 32u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { sums[lane] += sums[lane + half]; }
  }
  if (lane == 0u && index < params.count) {
    result[index] = activate(sums[0] / f32(params.pixels), params.activation);
  }
}
