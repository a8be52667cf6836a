// How far a guide is smoothed against its noise, one float32 that is kept: see mpgraph.effects.noise.

struct Params {
  columns: u32, // how much is sampled
  rows: u32,
  step: u32,    // the pixels from one sample to the next
  scale: f32,   // the guide's height in parts of the mask's
  level: f32,   // the noise for a quartile of 1
  hold: f32,    // how far what is wanted may be from what there is
}

@group(0) @binding(1) var<storage, read_write> total: array<f32>;

var<workgroup> counts: array<atomic<u32>, 256>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) index: u32) {
  let samples = params.columns * params.rows;
  atomicStore(&counts[index], 0u);
  workgroupBarrier();
  for (var i = index; i < samples; i += 256u) {
    let corner = vec2<u32>(i % params.columns, i / params.columns) * params.step;
    var sum = 0.0;
    for (var y = 0u; y < 3u; y++) {
      for (var x = 0u; x < 3u; x++) {
        let weight = select(1.0, -2.0, x == 1u) * select(1.0, -2.0, y == 1u);
        sum += weight * textureLoad(image, corner + vec2<u32>(x, y), 0).g;
      }
    }
    atomicAdd(&counts[min(u32(abs(sum) * 255.0 + 0.5), 255u)], 1u);
  }
  workgroupBarrier();
  if (index != 0u) { return; }
  var quartile = 0u;
  for (var smaller = 0u; quartile < 255u; quartile++) {
    smaller += atomicLoad(&counts[quartile]);
    if (smaller > samples / 4u || samples == 0u) { break; }
  }
  let noise = 8.0 * params.level * f32(quartile) / params.scale;
  let wanted = params.scale / 4.0 * log2(max(noise, 4.0));
  if (abs(wanted - total[0]) > params.hold) { total[0] = floor(wanted + 0.5); }
}
