// A mask drawn towards the previous one, moved, where the image shows the same things.

struct Params {
  width: u32,
  height: u32,
  gain: f32,   // of the brightness to that of the previous image
  keep: f32,   // share of the previous mask where nothing has changed
  sigma: f32,  // the change that counts as motion, in 0..1
  zero_is_unknown: u32,  // 1: nothing is kept where a mask is exactly 0 either
  holds: u32,            // 1: a share of the previous mask is added first
}

@group(0) @binding(1) var target_image: texture_storage_2d<r32float, write>;
@group(0) @binding(4) var mask: texture_2d<f32>;
@group(0) @binding(5) var old_mask: texture_2d<f32>;
@group(0) @binding(6) var right: texture_2d<f32>;
@group(0) @binding(7) var down: texture_2d<f32>;
@group(0) @binding(8) var held: texture_2d<f32>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  var change = 0.0;
  for (var i = 0; i < 25; i++) {
    let at = vec2<i32>(id.xy) + vec2<i32>(i % 5 - 2, i / 5 - 2);
    change += grey(abs(reflected_texel(image, at) - rounded(reflected_texel(previous, at) * params.gain)));
  }
  change = floor(change * 255.0 / 25.0 + 0.5) / 255.0;
  let old_value = bilinear(old_mask, moved(right, down, params.width, params.height, id.xy)).r;
  let share = select(0.0, texel(held, vec2<i32>(id.xy)).r, params.holds == 1u);
  let value = textureLoad(mask, id.xy, 0).r + share * old_value;
  let unknown = params.zero_is_unknown == 1u && (value == 0.0 || old_value == 0.0);
  let times = change / params.sigma;
  let keep = select(params.keep * exp(-times * times), 0.0, unknown);
  let mixed = value + keep * (old_value - value);
  textureStore(target_image, id.xy, vec4<f32>(mixed, 0.0, 0.0, 1.0));
}
