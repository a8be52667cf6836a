// Functions for all kernels of this folder. Values have their channels in blocks of four.

// The number of an invocation; dispatches spread over x and y, since one dimension is limited.
fn invocation(id: vec3<u32>, groups: vec3<u32>) -> i32 {
  return i32(id.x + id.y * groups.x * 64u);
}

// The activation functions, numbered as in fusing.py.
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

// A block of channels with zeros in the lanes past the last channel.
fn without_padding(value: vec4<f32>, block: i32, channels: i32) -> vec4<f32> {
  let lanes = vec4<i32>(block * 4) + vec4<i32>(0, 1, 2, 3);
  return select(vec4<f32>(0.0), value, lanes < vec4<i32>(channels));
}
