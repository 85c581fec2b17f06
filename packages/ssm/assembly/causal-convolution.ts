// The short causal convolution of each channel by itself, silu in the same pass; four neighbouring channels at a time.
import { sigmoid4 } from '../../core/assembly/math';
import { loadLanes, storeLanes } from './lanes';

/** x [batch, kernel - 1 + length, channels], weight [kernel, channels], bias [channels] -> y [batch, length, channels]. */
export function convolutionForward(
  batch: i32, length: i32, channels: i32, kernel: i32, silu: bool, x: usize, weight: usize, bias: usize, y: usize,
): void {
  const row = <usize>channels << 2;
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < length; t++, x += row, y += row) {
      for (let c = 0; c < channels; c += 4) {
        const at = <usize>c << 2, lane = channels - c;
        const sum = taps(kernel, row, lane, x + at, weight + at, loadLanes(bias + at, lane));
        storeLanes(y + at, silu ? f32x4.mul(sum, sigmoid4(sum)) : sum, lane);
      }
    }
    x += <usize>(kernel - 1) * row;
  }
}

// @ts-ignore: decorator
@inline
function taps(kernel: i32, row: usize, lane: i32, x: usize, weight: usize, start: v128): v128 {
  let sum = start;
  for (let k = 0; k < kernel; k++, x += row, weight += row) {
    sum = f32x4.add(sum, f32x4.mul(loadLanes(x, lane), loadLanes(weight, lane)));
  }
  return sum;
}

/** dy as y; the gradients as what they belong to. */
export function convolutionBackward(
  batch: i32, length: i32, channels: i32, kernel: i32, silu: bool, x: usize, weight: usize, bias: usize, dy: usize,
  dx: usize, dWeight: usize, dBias: usize,
): void {
  const row = <usize>channels << 2;
  memory.fill(dx, 0, <usize>(batch * (length + kernel - 1)) * row);
  memory.fill(dWeight, 0, <usize>kernel * row);
  memory.fill(dBias, 0, row);
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < length; t++, x += row, dx += row, dy += row) {
      for (let c = 0; c < channels; c += 4) {
        const at = <usize>c << 2, lane = channels - c;
        let slope = loadLanes(dy + at, lane);
        if (silu) {
          const sum = taps(kernel, row, lane, x + at, weight + at, loadLanes(bias + at, lane));
          const share = sigmoid4(sum), one = f32x4.splat(1);
          slope = f32x4.mul(slope, f32x4.mul(share, f32x4.add(one, f32x4.mul(sum, f32x4.sub(one, share)))));
        }
        storeLanes(dBias + at, f32x4.add(loadLanes(dBias + at, lane), slope), lane);
        let offset = at;
        for (let k = 0; k < kernel; k++, offset += row) {
          const tap = loadLanes(weight + offset, lane), input = loadLanes(x + offset, lane);
          storeLanes(dx + offset, f32x4.add(loadLanes(dx + offset, lane), f32x4.mul(slope, tap)), lane);
          storeLanes(dWeight + offset, f32x4.add(loadLanes(dWeight + offset, lane), f32x4.mul(slope, input)), lane);
        }
      }
    }
    x += <usize>(kernel - 1) * row;
    dx += <usize>(kernel - 1) * row;
  }
}
