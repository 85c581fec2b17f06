// Rotary position embedding (Su et al. 2021, equation 34): each pair (a, b) becomes (a cos - b sin, b cos + a sin).
import { multiplyAdd } from '../../core/assembly/multiply-add';

/**
 * y = x [rows, heads, size], its pairs rotated by the angles of row r of the tables [period, pairs]; r is counted from
 * `first` on, modulo `period`. Dimensions beyond the pairs are copied. Pairs are adjacent, or (i, i + pairs).
 */
export function rotate(
  first: i32, rows: i32, period: i32, heads: i32, size: i32, pairs: i32, neighbours: bool, backwards: bool,
  x: usize, cosines: usize, sines: usize, y: usize,
): void {
  const sign: f32 = backwards ? -1 : 1;
  const width = <usize>pairs << 2, bytes = <usize>size << 2;
  for (let row = 0; row < rows; row++) {
    const table = <usize>((first + row) % period) * width;
    const cosine = cosines + table, sine = sines + table;
    for (let head = 0; head < heads; head++, x += bytes, y += bytes) {
      if (neighbours) turnNeighbours(pairs, sign, x, cosine, sine, y);
      else turnHalves(pairs, sign, x, cosine, sine, y);
      memory.copy(y + 2 * width, x + 2 * width, bytes - 2 * width);
    }
  }
}

function turnHalves(pairs: i32, sign: f32, x: usize, cosine: usize, sine: usize, y: usize): void {
  const signs = f32x4.splat(sign);
  const half = <usize>pairs << 2, whole = <usize>(pairs & ~3) << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const a = v128.load(x + at), b = v128.load(x + half + at);
    const cos = v128.load(cosine + at), sin = f32x4.mul(v128.load(sine + at), signs);
    v128.store(y + at, multiplyAdd(a, cos, f32x4.neg(f32x4.mul(b, sin))));
    v128.store(y + half + at, multiplyAdd(b, cos, f32x4.mul(a, sin)));
  }
  for (; at < half; at += 4) {
    const a = load<f32>(x + at), b = load<f32>(x + half + at);
    const cos = load<f32>(cosine + at), sin = load<f32>(sine + at) * sign;
    store<f32>(y + at, a * cos - b * sin);
    store<f32>(y + half + at, b * cos + a * sin);
  }
}

function turnNeighbours(pairs: i32, sign: f32, x: usize, cosine: usize, sine: usize, y: usize): void {
  const signs = f32x4.splat(sign);
  const end = <usize>pairs << 2, whole = <usize>(pairs & ~3) << 2;
  let at: usize = 0;
  for (; at < whole; at += 16, x += 32, y += 32) {
    const first = v128.load(x), second = v128.load(x, 16);
    const a = v128.shuffle<f32>(first, second, 0, 2, 4, 6), b = v128.shuffle<f32>(first, second, 1, 3, 5, 7);
    const cos = v128.load(cosine + at), sin = f32x4.mul(v128.load(sine + at), signs);
    const c = multiplyAdd(a, cos, f32x4.neg(f32x4.mul(b, sin))), d = multiplyAdd(b, cos, f32x4.mul(a, sin));
    v128.store(y, v128.shuffle<f32>(c, d, 0, 4, 1, 5));
    v128.store(y, v128.shuffle<f32>(c, d, 2, 6, 3, 7), 16);
  }
  for (; at < end; at += 4, x += 8, y += 8) {
    const a = load<f32>(x), b = load<f32>(x, 4);
    const cos = load<f32>(cosine + at), sin = load<f32>(sine + at) * sign;
    store<f32>(y, a * cos - b * sin);
    store<f32>(y, b * cos + a * sin, 4);
  }
}
