// The innermost loop of every product: 4 x 8 sums in registers.
import { multiplyAdd } from './multiply-add';

/**
 * C [4, 8] = Σ over `inner` of A [4] times B [8], added to the rows at `from` (C itself, or initial values) unless that
 * is 0. Four elements of A are `aNext` bytes apart, the next four `aStep` bytes further, so that A is never transposed;
 * B is a panel [inner, 8].
 *
 * @param aNext, aStep constants
 * @param cRow, fromRow bytes between the rows of C and of `from`; 0 if `from` is 0
 */
// @ts-ignore: decorator
@inline
export function registerTile(
  inner: i32, a: usize, aNext: usize, aStep: usize, b: usize, c: usize, cRow: usize, from: usize, fromRow: usize,
): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  const end = b + (<usize>inner << 5);
  while (b < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a), a1 = v128.load32_splat(a + aNext);
    c00 = multiplyAdd(a0, b0, c00);
    c01 = multiplyAdd(a0, b1, c01);
    c10 = multiplyAdd(a1, b0, c10);
    c11 = multiplyAdd(a1, b1, c11);
    const a2 = v128.load32_splat(a + 2 * aNext), a3 = v128.load32_splat(a + 3 * aNext);
    c20 = multiplyAdd(a2, b0, c20);
    c21 = multiplyAdd(a2, b1, c21);
    c30 = multiplyAdd(a3, b0, c30);
    c31 = multiplyAdd(a3, b1, c31);
    a += aStep;
    b += 32;
  }
  store8(c, from, c00, c01); c += cRow; from += fromRow;
  store8(c, from, c10, c11); c += cRow; from += fromRow;
  store8(c, from, c20, c21); c += cRow; from += fromRow;
  store8(c, from, c30, c31);
}

// @ts-ignore: decorator
@inline
function store8(c: usize, from: usize, low: v128, high: v128): void {
  v128.store(c, from ? f32x4.add(v128.load(from), low) : low);
  v128.store(c, from ? f32x4.add(v128.load(from, 16), high) : high, 16);
}
