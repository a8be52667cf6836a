// Declarations for the kernels of this folder, each of which gets those that it uses. Coordinates are those of
// pixels, with their centres at whole numbers.

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var target_image: texture_storage_2d<rgba8unorm, write>;
@group(0) @binding(2) var image: texture_2d<f32>;
@group(0) @binding(2) var<storage, read> scores: array<f32>;
@group(0) @binding(3) var mask: texture_2d<f32>;
@group(0) @binding(3) var previous: texture_2d<f32>;

// A pixel; outside the image its edge is repeated.
fn texel(source: texture_2d<f32>, at: vec2<i32>) -> vec4<f32> {
  return textureLoad(source, clamp(at, vec2<i32>(0), vec2<i32>(textureDimensions(source)) - 1), 0);
}

fn bilinear(source: texture_2d<f32>, position: vec2<f32>) -> vec4<f32> {
  let corner = floor(position);
  let part = position - corner;
  let at = vec2<i32>(corner);
  let above = mix(texel(source, at), texel(source, at + vec2<i32>(1, 0)), part.x);
  let below = mix(texel(source, at + vec2<i32>(0, 1)), texel(source, at + vec2<i32>(1, 1)), part.x);
  return mix(above, below, part.y);
}

// The pixel `id` of the image scaled bilinearly to a size.
fn scaled(source: texture_2d<f32>, width: u32, height: u32, id: vec2<u32>) -> vec4<f32> {
  // This quotient is exactly 1 if the image has the size already, and the position then a pixel's centre.
  let scale = vec2<f32>(textureDimensions(source)) / vec2<f32>(f32(width), f32(height));
  return bilinear(source, (vec2<f32>(id) + 0.5) * scale - 0.5);
}

// Where the pixel `id` of an image of a size was, by small textures of how far to the right and down that is; in
// steps of 1/32 pixel, as OpenCV's remap rounds it.
fn moved(right: texture_2d<f32>, down: texture_2d<f32>, width: u32, height: u32, id: vec2<u32>) -> vec2<f32> {
  let way = vec2<f32>(scaled(right, width, height, id).r, scaled(down, width, height, id).r);
  return round((vec2<f32>(id) + way) * 32.0) / 32.0;
}

// Values in 0..1 rounded to bytes. Drivers may round differently when they store pixels.
fn rounded(color: vec4<f32>) -> vec4<f32> {
  return floor(clamp(color, vec4<f32>(0.0), vec4<f32>(1.0)) * 255.0 + 0.5) / 255.0;
}

// The pixel of a mask of bytes: the value in red and alpha.
fn mask_pixel(value: f32) -> vec4<f32> {
  return rounded(vec4<f32>(value, 0.0, 0.0, value));
}

// Softmax of two scores, for the first.
fn softmax(own: f32, other: f32) -> f32 {
  let largest = max(own, other);
  return exp(own - largest) / (exp(own - largest) + exp(other - largest));
}

// Of the kernels that smooth masks; the others declare their own.
struct Params {
  width: u32,
  height: u32,
  ratio: f32, // weight of the previous mask where the new one is wholly uncertain
}

// The red of an image drawn towards that of the previous mask, of any size, where it is uncertain.
fn smoothed(id: vec2<u32>) -> f32 {
  let value = textureLoad(image, id, 0).r;
  let old_value = scaled(previous, params.width, params.height, id).r;
  let distance = value - 0.5;
  let x = distance * distance;
  // A polynomial that approximates the entropy of a coin with this probability.
  let certainty = x * (5.68842 + x * (-0.748699 + x * (-57.8051 + x * (291.309 + x * -624.717))));
  let uncertainty = 1.0 - min(1.0, certainty);
  return value + (old_value - value) * uncertainty * params.ratio;
}

// A position along a side, mirrored at the first and the last pixel, which are not repeated: OpenCV's default.
fn reflected(at: i32, length: i32) -> i32 {
  if (length == 1) { return 0; }
  let period = 2 * (length - 1);
  let inside = ((at % period) + period) % period;
  return min(inside, period - inside);
}

fn reflected_texel(source: texture_2d<f32>, at: vec2<i32>) -> vec4<f32> {
  let size = vec2<i32>(textureDimensions(source));
  return textureLoad(source, vec2<i32>(reflected(at.x, size.x), reflected(at.y, size.y)), 0);
}

fn texel_or_black(source: texture_2d<f32>, at: vec2<i32>) -> vec4<f32> {
  let inside = clamp(at, vec2<i32>(0), vec2<i32>(textureDimensions(source)) - 1);
  return select(textureLoad(source, inside, 0), vec4<f32>(0.0), any(inside != at));
}

fn bilinear_or_black(source: texture_2d<f32>, position: vec2<f32>) -> vec4<f32> {
  let corner = floor(position);
  let part = position - corner;
  let at = vec2<i32>(corner);
  let above = mix(texel_or_black(source, at), texel_or_black(source, at + vec2<i32>(1, 0)), part.x);
  let below = mix(texel_or_black(source, at + vec2<i32>(0, 1)), texel_or_black(source, at + vec2<i32>(1, 1)), part.x);
  return mix(above, below, part.y);
}

// The grey level of a color, both in 0..1, rounded to bytes; the weights are those of ITU-R BT.601.
fn grey(color: vec4<f32>) -> f32 {
  return floor(dot(color.rgb, vec3<f32>(0.299, 0.587, 0.114)) * 255.0 + 0.5) / 255.0;
}
