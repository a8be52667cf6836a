// As smooth_mask.wgsl, for masks of float32, which are neither rounded nor clamped.

struct Params {
  width: u32,
  height: u32,
  ratio: f32, // weight of the previous mask where the new one is wholly uncertain
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var mask: texture_2d<f32>;
@group(0) @binding(2) var previous: texture_2d<f32>;
@group(0) @binding(3) var target_image: texture_storage_2d<r32float, write>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let value = textureLoad(mask, id.xy, 0).r;
  let old_value = scaled(previous, params.width, params.height, id.xy).r;
  textureStore(target_image, id.xy, vec4<f32>(smoothed(value, old_value, params.ratio), 0.0, 0.0, 1.0));
}
