// Colors times their weights, and the weights: what blurs of one side of a matte begin with.

struct Params {
  width: u32,
  height: u32,
  invert: u32,  // 1: the weight is 1 - matte
  margin: i32,  // the matte is widened by so many pixels first
  everything: u32, // 1: all weights are 1
}

@group(0) @binding(1) var<storage, read_write> weighed: array<vec4<f32>>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  var weight = 0.0;
  for (var y = -params.margin; y <= params.margin; y++) {
    for (var x = -params.margin; x <= params.margin; x++) {
      weight = max(weight, texel(mask, vec2<i32>(id.xy) + vec2<i32>(x, y)).r);
    }
  }
  if (params.invert == 1u) { weight = 1.0 - weight; }
  if (params.everything == 1u) { weight = 1.0; }
  weight += 0.001; // Where all weights are 0, the mean is that of the colors alone.
  weighed[id.y * params.width + id.x] = vec4<f32>(textureLoad(image, id.xy, 0).rgb * weight, weight);
}
