import { linearScan } from '@sequitur/core';
import {
  add,
  concat,
  cumsum,
  equal,
  exp,
  expandDims,
  greaterEqual,
  logicalAnd,
  matMul,
  mul,
  ones,
  range,
  reshape,
  slice,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  where,
  zeros,
} from '@tensorflow/tfjs-core';
import { type ChunkSizes, chunksOf, fromChunks, inChunks, sequencesOf } from '../chunks.js';
import type { StateSpaceDuality } from './tensors.js';

/** An exponent whose exp is 0, and so is its gradient. */
const NEVER = -1e9;

interface Sizes extends ChunkSizes {
  readonly state: number;
}

/**
 * The chunked scan of Dao and Gu 2024, section 6 and listing 1, with rows = batch x heads x chunks as the batch of
 * every product.
 */
export function chunkedScan(scan: StateSpaceDuality, wanted: number): { y: Tensor4D; state: Tensor4D } {
  const [batch, length, heads, headSize] = scan.x.shape;
  const state = scan.inputMatrix.shape[3];
  const { chunk, chunks } = chunksOf(length, wanted);
  const sizes = { batch, length, heads, headSize, state, chunk, chunks };
  const x = inChunks(scan.x, sizes); // [rows, chunk, headSize]
  const input = inChunks(ofHeads(scan.inputMatrix, heads), sizes); // [rows, chunk, state]
  const output = inChunks(ofHeads(scan.outputMatrix, heads), sizes);
  const elapsed = cumsum(reshape(inChunks(expandDims(scan.logDecay, 3), sizes), [-1, chunk]), 1); // [rows, chunk]
  const sequences = scan.resets ? sequencesOf(scan.resets, sizes) : null; // [rows, chunk]
  const inside = matMul(mul(matMul(output, input, false, true), decays(elapsed, sequences)), x);
  const { before, last } = statesBetween(scan, { x, input, elapsed, sequences }, sizes);
  // From the state before the chunk, unless a sequence began in between.
  const since = sequences ? where(equal(sequences, 0), elapsed, NEVER) : elapsed;
  const handed = mul(matMul(output, before, false, true), expandDims(exp(since), 2));
  return { y: fromChunks(add(inside, handed), sizes), state: last };
}

interface Chunked {
  readonly x: Tensor;
  readonly input: Tensor;
  readonly elapsed: Tensor;
  readonly sequences: Tensor | null;
}

/** The states before every chunk [rows, headSize, state], and the one after the last. */
function statesBetween({ initialState }: StateSpaceDuality, { x, input, elapsed, sequences }: Chunked, sizes: Sizes) {
  const { batch, heads, headSize, state, chunk, chunks } = sizes;
  const end = slice(elapsed, [0, chunk - 1], [-1, 1]); // [rows, 1]
  const endSequence = sequences && slice(sequences, [0, chunk - 1], [-1, 1]);
  const remaining = sub(end, elapsed);
  const kept = endSequence ? where(equal(sequences!, endSequence), remaining, NEVER) : remaining;
  const added = matMul(mul(x, expandDims(exp(kept), 2)), input, true, false); // [rows, headSize, state]
  const size = headSize * state;
  const whole = endSequence ? where(equal(endSequence, 0), end, NEVER) : end;
  const decay = mul(exp(whole), ones([1, size])); // not tile, whose gradient is a sum of that many slices
  const first = initialState ?? zeros([batch, heads, headSize, state]);
  const start = reshape(first, [batch * heads, size]) as Tensor2D;
  const ofRows = (tensor: Tensor) => reshape(tensor, [batch * heads, chunks, size]) as Tensor3D;
  const states = linearScan(ofRows(decay), ofRows(added), start);
  const earlier = slice(states, [0, 0, 0], [-1, chunks - 1, size]);
  const before = chunks > 1 ? concat([expandDims(start, 1), earlier], 1) : start;
  return {
    before: reshape(before, [-1, headSize, state]),
    last: reshape(slice(states, [0, chunks - 1, 0], [-1, 1, size]), [batch, heads, headSize, state]) as Tensor4D,
  };
}

/**
 * [rows, chunk, chunk]: exp of the sum of the logarithms after j up to i, where j <= i and both belong to one sequence,
 * else 0.
 */
function decays(elapsed: Tensor, sequences: Tensor | null): Tensor {
  const chunk = elapsed.shape[1]!;
  const positions = range(0, chunk, 1, 'int32');
  const earlier = expandDims(greaterEqual(expandDims(positions, 1), expandDims(positions, 0)), 0);
  const between = sub(expandDims(elapsed, 2), expandDims(elapsed, 1));
  // The same for all rows: added, since `where` would first create a condition of the full size.
  if (!sequences) return exp(add(between, where(earlier, 0, NEVER)));
  const attentionMask = logicalAnd(earlier, equal(expandDims(sequences, 2), expandDims(sequences, 1)));
  return exp(where(attentionMask, between, NEVER));
}

/** [batch, length, groups, state] -> [batch, length, heads, state]. */
export function ofHeads(matrix: Tensor4D, heads: number): Tensor4D {
  const [batch, length, groups, state] = matrix.shape;
  if (groups === heads) return matrix;
  const repeated = mul(reshape(matrix, [batch * length * groups, 1, state]), ones([1, heads / groups, 1]));
  return reshape(repeated, [batch, length, heads, state]);
}
