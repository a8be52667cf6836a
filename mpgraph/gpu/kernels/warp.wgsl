// An image seen through an affine map: scaled, rotated, mirrored, cropped.

struct Params {
  to_source_x: vec4<f32>, // x = dot(xyz, (column + 0.5, row + 0.5, 1)), in pixels from the left edge
  to_source_y: vec4<f32>,
  color: vec4<f32>,       // outside the source, unless its edge is repeated
  width: u32,
  height: u32,
  method: u32,            // 0: nearest pixel; 1: bilinear; 2: bicubic
  border: u32,            // 0: repeat the edge; 1: the colour
}

// Catmull-Rom's weights of four neighbours, for a position this far behind the second.
fn cubic_weights(part: f32) -> vec4<f32> {
  return vec4<f32>(
    part * (-0.5 + part * (1.0 - 0.5 * part)),
    1.0 + part * part * (-2.5 + 1.5 * part),
    part * (0.5 + part * (2.0 - 1.5 * part)),
    part * part * (-0.5 + 0.5 * part),
  );
}

fn bicubic(position: vec2<f32>) -> vec4<f32> {
  let corner = floor(position);
  let across = cubic_weights(position.x - corner.x);
  let down = cubic_weights(position.y - corner.y);
  var color = vec4<f32>(0.0);
  for (var i = 0; i < 16; i++) {
    let step = vec2<i32>(i % 4, i / 4);
    color += across[step.x] * down[step.y] * texel(image, vec2<i32>(corner) + step - 1);
  }
  return color;
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let centre = vec3<f32>(f32(id.x) + 0.5, f32(id.y) + 0.5, 1.0);
  let point = vec2<f32>(dot(params.to_source_x.xyz, centre), dot(params.to_source_y.xyz, centre));
  let size = vec2<f32>(textureDimensions(image));
  var color = params.color;
  if (params.border == 0u || (all(point >= vec2<f32>(0.0)) && all(point <= size))) {
    switch params.method {
      case 0u: { color = texel(image, vec2<i32>(floor(point))); }
      case 1u: { color = bilinear(image, point - 0.5); }
      default: { color = bicubic(point - 0.5); }
    }
  }
  textureStore(target_image, id.xy, rounded(color));
}
