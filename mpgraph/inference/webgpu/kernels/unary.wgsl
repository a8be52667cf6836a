// A function of each value by itself.

struct Params {
  count: i32,
  activation: i32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> result: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> image: array<vec4<f32>>;

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
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = i32(id.x + id.y * groups.x * 64u);
  if (index >= params.count) { return; }
  result[index] = activate(image[index], params.activation);
}
