// The masks of up to four parts of an image as one mask of the image.

struct Params {
  boxes_a: vec4<f32>,     // left, top, right, bottom of each part, in pixels of the image
  boxes_b: vec4<f32>,
  boxes_c: vec4<f32>,
  boxes_d: vec4<f32>,
  mirrored: vec4<f32>,    // of each part: 1 if its mask is mirrored
  width: u32,             // of the result
  height: u32,
  image_width: u32,
  image_height: u32,
  count: u32,
  seen: f32,              // the least value where there is a mask
}

@group(0) @binding(1) var target_image: texture_storage_2d<r32float, write>;
@group(0) @binding(2) var first: texture_2d<f32>;
@group(0) @binding(3) var second: texture_2d<f32>;
@group(0) @binding(4) var third: texture_2d<f32>;
@group(0) @binding(5) var fourth: texture_2d<f32>;

fn box_of(number: u32) -> vec4<f32> {
  switch number {
    case 0u: { return params.boxes_a; }
    case 1u: { return params.boxes_b; }
    case 2u: { return params.boxes_c; }
    default: { return params.boxes_d; }
  }
}

fn value_at(number: u32, part: vec2<f32>) -> f32 {
  switch number {
    case 0u: { return bilinear(first, part * vec2<f32>(textureDimensions(first)) - 0.5).r; }
    case 1u: { return bilinear(second, part * vec2<f32>(textureDimensions(second)) - 0.5).r; }
    case 2u: { return bilinear(third, part * vec2<f32>(textureDimensions(third)) - 0.5).r; }
    default: { return bilinear(fourth, part * vec2<f32>(textureDimensions(fourth)) - 0.5).r; }
  }
}

// 1, falling to 0 towards the edges that are inside another box.
fn weight_at(number: u32, x: f32) -> f32 {
  let box = box_of(number);
  var weight = 1.0;
  for (var other = 0u; other < params.count; other++) {
    let its = box_of(other);
    let left = max(box.x, its.x);
    let right = min(box.z, its.z);
    if (all(its == box) || right <= left) { continue; }
    let ramp = clamp((x - left) / (right - left), 0.02, 0.98);
    weight *= select(1.0 - ramp, ramp, its.x < box.x);
  }
  return weight;
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let step = vec2<f32>(f32(params.image_width), f32(params.image_height)) / vec2<f32>(f32(params.width), f32(params.height));
  let point = (vec2<f32>(id.xy) + 0.5) * step;
  var sum = 0.0;
  var total = 0.0;
  for (var number = 0u; number < params.count; number++) {
    let box = box_of(number);
    let here = vec2<f32>(id.xy);
    if (any(here < round(box.xy / step)) || any(here >= round(box.zw / step))) { continue; }
    var part = (point - box.xy) / (box.zw - box.xy);
    if (params.mirrored[number] == 1.0) { part.x = 1.0 - part.x; }
    let weight = weight_at(number, point.x);
    sum += weight * value_at(number, part);
    total += weight;
  }
  let value = select(0.0, max(sum / total, params.seen), total > 0.0);
  textureStore(target_image, id.xy, vec4<f32>(value, 0.0, 0.0, 1.0));
}
