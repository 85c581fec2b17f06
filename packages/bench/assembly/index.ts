// Peak of matrix products: 4 x 8 sums in registers, panels of A [inner, 4] and B [inner, 8] in cache.
import { multiplyAdd } from '../../core/assembly/multiply-add';

const A: usize = 1024;
const B: usize = 16384;
const C: usize = 512;

export function registerTile(calls: i32, inner: i32): void {
  for (let i = 0; i < calls; i++) tile(inner, A, B, C);
}

function tile(inner: i32, a: usize, b: usize, c: usize): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  const end = a + (<usize>(4 * inner) << 2);
  while (a < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a), a1 = v128.load32_splat(a, 4);
    c00 = multiplyAdd(a0, b0, c00);
    c01 = multiplyAdd(a0, b1, c01);
    c10 = multiplyAdd(a1, b0, c10);
    c11 = multiplyAdd(a1, b1, c11);
    const a2 = v128.load32_splat(a, 8), a3 = v128.load32_splat(a, 12);
    c20 = multiplyAdd(a2, b0, c20);
    c21 = multiplyAdd(a2, b1, c21);
    c30 = multiplyAdd(a3, b0, c30);
    c31 = multiplyAdd(a3, b1, c31);
    a += 16;
    b += 32;
  }
  v128.store(c, f32x4.add(f32x4.add(c00, c01), f32x4.add(c10, c11)));
  v128.store(c, f32x4.add(f32x4.add(c20, c21), f32x4.add(c30, c31)), 16);
}
