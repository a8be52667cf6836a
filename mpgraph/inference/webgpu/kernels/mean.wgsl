// Average of a whole image. One workgroup computes four channels of one image.

struct Params {
  count: i32,
  pixels: i32,
  blocks: i32,
  activation: i32,
}

var<workgroup> sums: array<vec4<f32>, 64>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  // Invocations past the end do not return early: all must reach the barriers.
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
