// A mask drawn towards the previous one, of any size, where it is uncertain; both in red. Result: red, alpha.

struct Params {
  width: u32,
  height: u32,
  ratio: f32, // weight of the previous mask where the new one is wholly uncertain
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var mask: texture_2d<f32>;
@group(0) @binding(2) var previous: texture_2d<f32>;
@group(0) @binding(3) var target_image: texture_storage_2d<rgba8unorm, write>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let value = textureLoad(mask, id.xy, 0).r;
  let old_value = scaled(previous, params.width, params.height, id.xy).r;
  textureStore(target_image, id.xy, mask_pixel(smoothed(value, old_value, params.ratio)));
}
