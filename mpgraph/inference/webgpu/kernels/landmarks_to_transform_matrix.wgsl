// The matrix from pixels of a crop to the coordinates of landmarks (x, y, z). The crop is the scaled rectangle
// around some of them, turned so that the line from one landmark to another has a given angle in it.

struct Params {
  count: i32,
  subset_size: i32,
  left: i32,       // the landmarks at both ends of the line
  right: i32,
  target_cos: f32, // of the angle
  target_sin: f32,
  scale_x: f32,    // from the rectangle's size to a pixel's
  scale_y: f32,
  width: i32,      // of the crop, in pixels
  height: i32,
}

@group(0) @binding(3) var<storage, read> subset: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x != 0u) { return; }
  let line = image[params.right].xy - image[params.left].xy;
  let span = length(line);
  var direction = vec2<f32>(1.0, 0.0);
  if (span > 0.0) { direction = line / span; }
  // Sine and cosine of the target's angle minus the line's. Those that WGSL has may be imprecise.
  let cosine = params.target_cos * direction.x + params.target_sin * direction.y;
  let sine = params.target_sin * direction.x - params.target_cos * direction.y;

  var low = vec2<f32>(3.4e38);
  var high = vec2<f32>(-3.4e38);
  for (var i = 0; i < params.subset_size; i++) {
    let landmark = image[i32(subset[i / 4][i % 4])];
    let turned = vec2<f32>(
      cosine * landmark.x - sine * landmark.y,
      sine * landmark.x + cosine * landmark.y,
    );
    low = min(low, turned);
    high = max(high, turned);
  }

  let scale = vec2<f32>(params.scale_x, params.scale_y) * (high - low);
  // The position of the crop's first corner in the turned rectangle.
  let start = (low + high) * 0.5 - scale * vec2<f32>(f32(params.width), f32(params.height)) * 0.5;
  result[0] = vec4<f32>(cosine * scale.x, sine * scale.y, 0.0, cosine * start.x + sine * start.y);
  result[1] = vec4<f32>(-sine * scale.x, cosine * scale.y, 0.0, cosine * start.y - sine * start.x);
  result[2] = vec4<f32>(0.0, 0.0, 1.0, 0.0);
  result[3] = vec4<f32>(0.0, 0.0, 0.0, 1.0);
}
