import {
  add,
  cast,
  cumsum,
  fill,
  maximum,
  mul,
  pad,
  range,
  reshape,
  slice,
  sub,
  type Tensor,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';

/** The positions of a chunk's tokens, each within its sequence, and the start of the last sequence of each row. */
export interface PackedPositions {
  readonly positions: Tensor2D; // int32 [batch, length]
  readonly starts: Tensor2D; // float32 [batch, 1]
}

interface Chunk {
  readonly batch: number;
  readonly length: number;
  /** Number of tokens before the chunk. */
  readonly seen: number;
}

/**
 * Position ids in packed rows: they restart from 0 at every reset, and are counted from the start of the current
 * sequence.
 *
 * @param resets [batch, length], 1 where a sequence begins; absent: nowhere in this chunk
 * @param starts the start of the sequence that the chunk continues; absent: the beginning of the row
 */
export function packedPositions(
  resets: Tensor2D | undefined,
  starts: Tensor2D | undefined,
  { batch, length, seen }: Chunk,
): PackedPositions {
  return tidy(() => {
    const places = reshape(range(seen, seen + length, 1, 'float32'), [1, length]);
    const before = starts ?? fill([batch, 1], 0);
    const began = resets ? runningMaximum(mul(cast(resets, 'float32'), places), length) : fill([batch, length], 0);
    const ofTokens = maximum(began, before);
    return {
      positions: cast(sub(places, ofTokens), 'int32') as Tensor2D,
      starts: slice(ofTokens, [0, length - 1], [batch, 1]) as Tensor2D,
    };
  }) as unknown as PackedPositions;
}

/**
 * Position ids that count only real tokens; padding has -1.
 *
 * @param attentionMask [batch, length], 1 at real tokens and 0 at padding
 * @param starts the amount of padding that each row had so far; absent: none
 */
export function realPositions(
  attentionMask: Tensor2D,
  starts: Tensor2D | undefined,
  { batch, length, seen }: Chunk,
): PackedPositions {
  return tidy(() => {
    const real = cast(attentionMask, 'float32');
    const before = sub(seen, starts ?? fill([batch, 1], 0));
    const counted = add(cumsum(real, 1), before); // real tokens up to and including each
    return {
      positions: cast(sub(mul(counted, real), 1), 'int32') as Tensor2D,
      starts: sub(seen + length, slice(counted, [0, length - 1], [batch, 1])) as Tensor2D,
    };
  }) as unknown as PackedPositions;
}

/** The running maximum along the second axis, of values of at least 0; the reach doubles in each step. */
function runningMaximum(x: Tensor, length: number): Tensor {
  let most = x;
  for (let reach = 1; reach < length; reach *= 2) {
    const [batch] = x.shape as [number];
    const earlier = pad(slice(most, [0, 0], [batch, length - reach]), [
      [0, 0],
      [reach, 0],
    ]);
    most = maximum(most, earlier);
  }
  return most;
}
