// The linear function of red, green and blue that is nearest to a mask in the window round each pixel.

struct Params {
  width: u32,
  height: u32,
  radius: i32,
  epsilon: f32, // added to the variances
}

@group(0) @binding(1) var<storage, read_write> functions: array<vec4<f32>>; // slopes, offset

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.width || id.y >= params.height) { return; }
  var colors = vec3<f32>(0.0);
  var value = 0.0;
  var products = vec3<f32>(0.0);
  var squares = vec3<f32>(0.0);
  var mixed = vec3<f32>(0.0); // rg rb gb
  for (var y = -params.radius; y <= params.radius; y++) {
    for (var x = -params.radius; x <= params.radius; x++) {
      let at = vec2<i32>(id.xy) + vec2<i32>(x, y);
      let color = reflected_texel(image, at).rgb;
      let own = reflected_texel(mask, at).r;
      colors += color;
      value += own;
      products += own * color;
      squares += color * color;
      mixed += color.rrg * color.gbb;
    }
  }
  let side = f32(2 * params.radius + 1);
  let mean = colors / (side * side);
  let mean_value = value / (side * side);
  let covariance = products / (side * side) - mean * mean_value;
  let v = squares / (side * side) - mean * mean + params.epsilon;
  let m = mixed / (side * side) - mean.rrg * mean.gbb;
  // The inverse of the symmetric matrix by cofactors.
  let c_rr = v.y * v.z - m.z * m.z;
  let c_rg = m.y * m.z - m.x * v.z;
  let c_rb = m.x * m.z - v.y * m.y;
  let c_gg = v.x * v.z - m.y * m.y;
  let c_gb = m.y * m.x - v.x * m.z;
  let c_bb = v.x * v.y - m.x * m.x;
  let determinant = v.x * c_rr + m.x * c_rg + m.y * c_rb;
  let slopes = vec3<f32>(
    dot(vec3<f32>(c_rr, c_rg, c_rb), covariance),
    dot(vec3<f32>(c_rg, c_gg, c_gb), covariance),
    dot(vec3<f32>(c_rb, c_gb, c_bb), covariance),
  ) / determinant;
  functions[id.y * params.width + id.x] = vec4<f32>(slopes, mean_value - dot(slopes, mean));
}
