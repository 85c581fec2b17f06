// Causal depthwise convolution with a fused silu; four adjacent channels at a time.
import { sigmoid4 } from '../../core/assembly/math';
import { loadLanes, storeLanes } from '../../core/assembly/lanes';

/**
 * x [batch, kernel - 1 + length, channels], weight [kernel, channels], bias [channels] -> y [batch, length, channels],
 * for a half-open range of rows, counted through the batch.
 */
export function convolutionForward(
  first: i32, last: i32, length: i32, channels: i32, kernel: i32, silu: bool,
  x: usize, weight: usize, bias: usize, y: usize,
): void {
  const row = <usize>channels << 2;
  for (let r = first; r < last;) {
    const b = r / length, end = min(last, (b + 1) * length);
    let from = x + <usize>(r + b * (kernel - 1)) * row, to = y + <usize>r * row;
    for (; r < end; r++, from += row, to += row) {
      for (let c = 0; c < channels; c += 4) {
        const at = <usize>c << 2, lane = channels - c;
        const sum = taps(kernel, row, lane, from + at, weight + at, loadLanes(bias + at, lane));
        storeLanes(to + at, silu ? f32x4.mul(sum, sigmoid4(sum)) : sum, lane);
      }
    }
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

/**
 * dy has the shape of y, gradients that of their inputs; for a half-open range of channels that begins at a multiple of
 * 4.
 */
export function convolutionBackward(
  channel: i32, lastChannel: i32, batch: i32, length: i32, channels: i32, kernel: i32, silu: bool,
  x: usize, weight: usize, bias: usize, dy: usize, dx: usize, dWeight: usize, dBias: usize,
): void {
  const row = <usize>channels << 2, first = <usize>channel << 2, bytes = <usize>(lastChannel - channel) << 2;
  clearRows(batch * (length + kernel - 1), row, bytes, dx + first);
  clearRows(kernel, row, bytes, dWeight + first);
  clearRows(1, row, bytes, dBias + first);
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < length; t++, x += row, dx += row, dy += row) {
      for (let c = channel; c < lastChannel; c += 4) {
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

/** Clears the first `bytes` of rows that are `row` bytes apart. */
function clearRows(rows: i32, row: usize, bytes: usize, p: usize): void {
  if (bytes == row) memory.fill(p, 0, <usize>rows * row);
  else for (let r = 0; r < rows; r++, p += row) memory.fill(p, 0, bytes);
}
