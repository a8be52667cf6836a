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
  // Relative to the color in the middle, since small variances are lost in the squares of large values.
  let center = textureLoad(image, id.xy, 0).rgb;
  var colors = vec3<f32>(0.0);
  var value = 0.0;
  var products = vec3<f32>(0.0);
  var squares = vec3<f32>(0.0);
  var mixed = vec3<f32>(0.0); // rg rb gb
  for (var y = -params.radius; y <= params.radius; y++) {
    for (var x = -params.radius; x <= params.radius; x++) {
      let at = vec2<i32>(id.xy) + vec2<i32>(x, y);
      let color = reflected_texel(image, at).rgb - center;
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
  // L D L^T: cofactors of a matrix with one large and two small eigenvalues cancel out.
  let l_g = m.x / v.x;
  let l_b = m.y / v.x;
  let d_g = v.y - m.x * l_g;
  let l = (m.z - m.y * l_g) / d_g;
  let d_b = v.z - m.y * l_b - l * (m.z - m.y * l_g);
  let c_g = covariance.g - l_g * covariance.r;
  let b = (covariance.b - l_b * covariance.r - l * c_g) / d_b;
  let g = c_g / d_g - l * b;
  let slopes = vec3<f32>(covariance.r / v.x - l_g * g - l_b * b, g, b);
  functions[id.y * params.width + id.x] = vec4<f32>(slopes, mean_value - dot(slopes, mean + center));
}
