// A mask: linear functions applied to the colors of an image of their size, and stretched.

struct Params {
  width: u32,
  height: u32,
  low: f32,  // what becomes 0
  high: f32, // what becomes 1
}

@group(0) @binding(1) var target_image: texture_storage_2d<r32float, write>;
@group(0) @binding(3) var<storage, read> functions: array<vec4<f32>>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let value = dot(functions[id.y * params.width + id.x], vec4<f32>(textureLoad(image, id.xy, 0).rgb, 1.0));
  let stretched = clamp((value - params.low) / (params.high - params.low), 0.0, 1.0);
  textureStore(target_image, id.xy, vec4<f32>(stretched, 0.0, 0.0, 1.0));
}
