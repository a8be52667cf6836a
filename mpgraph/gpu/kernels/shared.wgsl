// Functions for all kernels of this folder. Coordinates are those of pixels, with their centres at whole
// numbers.

// A pixel; outside the image its edge is repeated.
fn texel(image: texture_2d<f32>, at: vec2<i32>) -> vec4<f32> {
  return textureLoad(image, clamp(at, vec2<i32>(0), vec2<i32>(textureDimensions(image)) - 1), 0);
}

fn bilinear(image: texture_2d<f32>, position: vec2<f32>) -> vec4<f32> {
  let corner = floor(position);
  let part = position - corner;
  let at = vec2<i32>(corner);
  let above = mix(texel(image, at), texel(image, at + vec2<i32>(1, 0)), part.x);
  let below = mix(texel(image, at + vec2<i32>(0, 1)), texel(image, at + vec2<i32>(1, 1)), part.x);
  return mix(above, below, part.y);
}

// The pixel `id` of the image scaled bilinearly to a size.
fn scaled(image: texture_2d<f32>, width: u32, height: u32, id: vec2<u32>) -> vec4<f32> {
  // This quotient is exactly 1 if the image has the size already, and the position then a pixel's centre.
  let scale = vec2<f32>(textureDimensions(image)) / vec2<f32>(f32(width), f32(height));
  return bilinear(image, (vec2<f32>(id) + 0.5) * scale - 0.5);
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

// A mask's value drawn towards the previous mask's where it is uncertain.
fn smoothed(value: f32, previous: f32, ratio: f32) -> f32 {
  let distance = value - 0.5;
  let x = distance * distance;
  // A polynomial that approximates the entropy of a coin with this probability.
  let certainty = x * (5.68842 + x * (-0.748699 + x * (-57.8051 + x * (291.309 + x * -624.717))));
  let uncertainty = 1.0 - min(1.0, certainty);
  return value + (previous - value) * uncertainty * ratio;
}
