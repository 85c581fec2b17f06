import {
  cumsum,
  pad,
  reshape,
  slice,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tile,
  transpose,
} from '@tensorflow/tfjs-core';

/** Sizes of a sequence that is computed chunk by chunk, with rows = batch x heads x chunks. */
export interface ChunkSizes {
  readonly batch: number;
  readonly length: number;
  readonly heads: number;
  /** Elements of a value of one head. */
  readonly headSize: number;
  readonly chunk: number;
  readonly chunks: number;
}

/** Chunks of at most `wanted` positions. */
export function chunksOf(length: number, wanted: number): { chunk: number; chunks: number } {
  const chunk = Math.min(wanted, length);
  return { chunk, chunks: Math.ceil(length / chunk) };
}

/** The number of sequences that began in the chunk up to each position, [rows, chunk]. */
export function sequencesOf(resets: Tensor2D, sizes: ChunkSizes): Tensor {
  const { batch, length, heads, chunk } = sizes;
  const ofEveryHead = tile(reshape(resets, [batch, length, 1, 1]), [1, 1, heads, 1]);
  return cumsum(reshape(inChunks(ofEveryHead, sizes), [-1, chunk]), 1);
}

/** [batch, length, heads, size] -> [batch x heads x chunks, chunk, size], padded with zeros, which change no state. */
export function inChunks(x: Tensor, { length, chunk, chunks }: ChunkSizes): Tensor {
  const byHead = transpose(x, [0, 2, 1, 3]);
  const missing = chunk * chunks - length;
  const whole = missing
    ? pad(byHead, [
        [0, 0],
        [0, 0],
        [0, missing],
        [0, 0],
      ])
    : byHead;
  return reshape(whole, [-1, chunk, x.shape[3]!]);
}

/** The inverse, without the padding. */
export function fromChunks(y: Tensor, { batch, heads, length, chunk, chunks, headSize }: ChunkSizes): Tensor4D {
  const byHead = reshape(y, [batch, heads, chunk * chunks, headSize]);
  const cut = chunk * chunks === length ? byHead : slice(byHead, [0, 0, 0, 0], [batch, heads, length, headSize]);
  return transpose(cut, [0, 2, 1, 3]) as Tensor4D;
}
