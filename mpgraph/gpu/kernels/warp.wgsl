// An image seen through an affine map: scaled, rotated, mirrored, cropped.

struct Params {
  to_source_x: vec4<f32>, // x = dot(xyz, (column + 0.5, row + 0.5, 1)), in pixels from the left edge
  to_source_y: vec4<f32>,
  color: vec4<f32>,       // outside the source, unless its edge is repeated
  width: u32,
  height: u32,
  nearest: u32,
  border: u32,            // 0: repeat the edge; 1: the colour
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let centre = vec3<f32>(f32(id.x) + 0.5, f32(id.y) + 0.5, 1.0);
  let point = vec2<f32>(dot(params.to_source_x.xyz, centre), dot(params.to_source_y.xyz, centre));
  let size = vec2<f32>(textureDimensions(image));
  var color = params.color;
  if (params.border == 0u || (all(point >= vec2<f32>(0.0)) && all(point <= size))) {
    if (params.nearest == 1u) {
      color = texel(image, vec2<i32>(floor(point)));
    } else {
      color = bilinear(image, point - 0.5);
    }
  }
  textureStore(target_image, id.xy, rounded(color));
}
