// A mask whose uncertain values are raised next to certain ones.

struct Params {
  width: u32,
  height: u32,
  certain: f32, // what is larger is certain
}

@group(0) @binding(1) var target_image: texture_storage_2d<r32float, write>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  var most = 0.0;
  for (var i = 0; i < 9; i++) {
    most = max(most, texel(image, vec2<i32>(id.xy) + vec2<i32>(i % 3 - 1, i / 3 - 1)).r);
  }
  let value = textureLoad(image, id.xy, 0).r;
  let raised = select(value, value * (2.0 - value), most > params.certain);
  textureStore(target_image, id.xy, vec4<f32>(raised, 0.0, 0.0, 1.0));
}
