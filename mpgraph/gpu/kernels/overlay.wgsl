// A layer laid over an image of the same size. The layer's alpha is how much of the image shows through.

struct Params {
  width: u32,
  height: u32,
}

@group(0) @binding(3) var layer: texture_2d<f32>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let drawn = textureLoad(layer, id.xy, 0);
  let pixel = drawn.rgb + textureLoad(image, id.xy, 0).rgb * drawn.a;
  textureStore(target_image, id.xy, rounded(vec4<f32>(pixel, 1.0)));
}
