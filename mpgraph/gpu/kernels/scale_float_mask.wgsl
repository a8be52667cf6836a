// A mask scaled bilinearly, as float32.

struct Params {
  width: u32,
  height: u32,
}

@group(0) @binding(1) var target_image: texture_storage_2d<r32float, write>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  textureStore(target_image, id.xy, vec4<f32>(scaled(image, params.width, params.height, id.xy).r, 0.0, 0.0, 1.0));
}
