// Bytes of an image in rows without padding, 1 channel (grey) or 3 (RGB), into an rgba8 texture.

struct Params {
  width: u32,
  height: u32,    // of these rows
  channels: u32,
  first_row: u32, // the row of the texture at which these rows begin
}

@group(0) @binding(2) var<storage, read> bytes: array<u32>;

fn byte_at(index: u32) -> f32 {
  return f32((bytes[index >> 2u] >> ((index & 3u) * 8u)) & 255u) / 255.0;
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  let first = (id.y * params.width + id.x) * params.channels;
  var color = vec4<f32>(vec3<f32>(byte_at(first)), 1.0);
  if (params.channels == 3u) {
    color = vec4<f32>(color.r, byte_at(first + 1u), byte_at(first + 2u), 1.0);
  }
  textureStore(target_image, vec2<u32>(id.x, id.y + params.first_row), color);
}
