// How much brighter an image is than the previous one, and how much they differ then: two float32.

struct Params {
  width: u32,
  height: u32,
  most: f32,   // the factor is at most this, and at least its inverse
}

@group(0) @binding(1) var<storage, read_write> gain: array<f32>;

var<workgroup> sums: array<vec2<f32>, 256>;

fn summed(index: u32, own: vec2<f32>) -> vec2<f32> {
  sums[index] = own;
  workgroupBarrier();
  var total = vec2<f32>(0.0);
  for (var i = 0; i < 256; i++) { total += sums[i]; }
  workgroupBarrier();
  return total;
}

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) index: u32) {
  let count = params.width * params.height;
  var own = vec2<f32>(0.0);
  for (var i = index; i < count; i += 256u) {
    let at = vec2<i32>(vec2<u32>(i % params.width, i / params.width));
    own += vec2<f32>(grey(textureLoad(image, at, 0)), grey(textureLoad(previous, at, 0)));
  }
  let means = max(summed(index, own) / f32(count), vec2<f32>(1.0 / 255.0));
  let factor = clamp(means.x / means.y, 1.0 / params.most, params.most);
  own = vec2<f32>(0.0);
  for (var i = index; i < count; i += 256u) {
    let at = vec2<i32>(vec2<u32>(i % params.width, i / params.width));
    own.x += grey(abs(textureLoad(image, at, 0) - rounded(textureLoad(previous, at, 0) * factor)));
  }
  let total = summed(index, own);
  if (index == 0u) {
    gain[0] = factor;
    gain[1] = total.x / f32(count);
  }
}
