import {
  add,
  concat,
  expandDims,
  fill,
  maximum,
  slice,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  zeros,
} from '@tensorflow/tfjs-core';

/** Less than any value that occurs. */
export const NEVER = -1e9;

/**
 * m ← max(kept + m, input) for each channel, all positions in a number of steps that is the logarithm of the length: the
 * maxima over the last 1, 2, 4, ... positions.
 *
 * @param kept float32 [batch, length, channels], as `input`
 * @param initial float32 [batch, channels]
 * @returns m after every step, [batch, length, channels]
 */
export function maximumScan(kept: Tensor, input: Tensor, initial: Tensor2D): Tensor3D {
  const [batch, length, channels] = kept.shape as [number, number, number];
  let [sums, most] = [kept, input];
  for (let distance = 1; distance < length; distance *= 2) {
    const rest = [batch, length - distance, channels] as [number, number, number];
    const shifted = (x: Tensor, first: Tensor) => concat([first, slice(x as Tensor3D, [0, 0, 0], rest)], 1);
    most = maximum(most, add(sums, shifted(most, fill([batch, distance, channels], NEVER))));
    sums = add(sums, shifted(sums, zeros([batch, distance, channels])));
  }
  return maximum(most, add(sums, expandDims(initial, 1))) as Tensor3D;
}
