// Gradients of biases from dS, laid out [key, 64 queries].
import { Call, ROW } from './call';
import { Pair } from './scores';

/** Adds dS to the gradient of a bias tensor, whose strides are 0 along broadcast axes. */
export function addBiasSlopes(call: Call, pair: Pair, b: i32, h: i32, ds: usize): void {
  const head = <usize>call.dbias + (<usize>(b * call.biasBatch + h * call.biasHead + pair.query * call.biasQuery) << 2);
  const step = <usize>call.biasQuery << 2;
  for (let key = 0; key < pair.count; key++, ds += ROW) {
    let at = head + (<usize>((pair.key + key) * call.biasKey) << 2);
    if (step == 0) {
      let sum: f32 = 0;
      for (let r = 0; r < pair.rows; r++) sum += load<f32>(ds + (<usize>r << 2));
      store<f32>(at, load<f32>(at) + sum);
    } else {
      for (let r = 0; r < pair.rows; r++, at += step) store<f32>(at, load<f32>(at) + load<f32>(ds + (<usize>r << 2)));
    }
  }
}

/**
 * Adds dS to the gradient of a bias by distance; lanes without a query hold zeros and write to the spare room after it.
 */
export function addRelativeSlopes(call: Call, pair: Pair, ds: usize, drelative: usize): void {
  const whole = (pair.rows + 3) & ~3;
  for (let key = 0; key < pair.count; key++, ds += ROW) {
    const to = drelative + (<usize>(pair.query + call.keys - 1 - pair.key - key) << 2);
    for (let at: usize = 0; at < <usize>whole << 2; at += 16) {
      v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(ds + at)));
    }
  }
}
