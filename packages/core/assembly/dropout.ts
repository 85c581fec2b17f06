// Dropout with counter-based bits; `dropoutBits` in src/ops/dropout/reference.ts defines them.

/** y [n] = x scale where the bits of an element are at least `threshold`, else 0; elements are counted from `first` on. */
export function dropout(first: i32, n: i32, seed: u32, threshold: u32, scale: f32, x: usize, y: usize): void {
  const seeds = i32x4.splat(seed), joined = i32x4.splat(seed * 0x9e3779b9);
  const least = i32x4.splat(threshold), scales = f32x4.splat(scale);
  const whole = n & ~3;
  let indices = i32x4.add(i32x4(0, 1, 2, 3), i32x4.splat(first));
  for (let i = 0; i < whole; i += 4, x += 16, y += 16) {
    const bits = finalise4(i32x4.add(finalise4(v128.xor(indices, seeds)), joined));
    v128.store(y, v128.and(f32x4.mul(v128.load(x), scales), i32x4.ge_u(bits, least)));
    indices = i32x4.add(indices, i32x4.splat(4));
  }
  for (let i = whole; i < n; i++, x += 4, y += 4) {
    const bits = finalise1(finalise1(<u32>(first + i) ^ seed) + seed * 0x9e3779b9);
    store<f32>(y, bits >= threshold ? load<f32>(x) * scale : 0);
  }
}

/** `finalise` of the reference, for four elements. */
// @ts-ignore: decorator
@inline
export function finalise4(bits: v128): v128 {
  let h = i32x4.mul(v128.xor(bits, i32x4.shr_u(bits, 16)), i32x4.splat(0x85ebca6b));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 13)), i32x4.splat(0xc2b2ae35));
  return v128.xor(h, i32x4.shr_u(h, 16));
}

function finalise1(bits: u32): u32 {
  let h = (bits ^ (bits >> 16)) * 0x85ebca6b;
  h = (h ^ (h >> 13)) * 0xc2b2ae35;
  return h ^ (h >> 16);
}
