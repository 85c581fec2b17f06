import {
  add,
  cast,
  concat,
  cumsum,
  equal,
  exp,
  expandDims,
  greater,
  greaterEqual,
  logicalAnd,
  matMul,
  mul,
  neg,
  ones,
  range,
  reshape,
  slice,
  stack,
  sub,
  type Tensor,
  type Tensor4D,
  unstack,
  where,
  zeros,
} from '@tensorflow/tfjs-core';
import { type ChunkSizes, chunksOf, fromChunks, inChunks, sequencesOf } from '../chunks.js';
import { inverseOfUnitTriangle } from '../delta-rule/triangle.js';
import type { LinearMemory, LinearMemoryState } from './tensors.js';

/** Its exp is 0, and so is the gradient. */
const NEVER = -1e9;

/**
 * The memory chunk by chunk. What a step w = 2 θ (v - Mᵀk) adds to the momentum reaches M at once and, through the momentum,
 * at every later step: `reach` [chunk, chunk] is the product of both decays' matrices. With it the steps of a chunk follow
 * from the state before it by solving a triangular system, as for the delta rule.
 */
export function chunkedLinearMemory(given: LinearMemory, wanted: number): { y: Tensor4D; state: LinearMemoryState } {
  const [batch, length, heads, headSize] = given.value.shape;
  const sizes = { batch, length, heads, headSize, ...chunksOf(length, wanted) };
  const { chunk, chunks } = sizes;
  const { query, key, rate, value, sequences } = partsOf(given, sizes);
  const { ofMatrix, ofMomentum, reach, throughMomentum, momentum } = decaysOf(given, sequences, sizes);
  const isFirst = sequences && expandDims(equal(sequences, 0), 2);
  const together = sequences ? equal(expandDims(sequences, 2), expandDims(sequences, 1)) : null;
  const only = (condition: Tensor | null, x: Tensor) => (condition ? where(condition, x, 0) : x);
  const reachBefore = only(together, laterByOne(reach, 0));
  const inverse = inverseOfUnitTriangle(neg(mul(mul(reachBefore, matMul(key, key, false, true)), rate)));
  const ofKeys = (share: Tensor) => mul(mul(key, rate), only(isFirst, share));
  const solved = matMul(
    inverse,
    concat([ofKeys(laterByOne(ofMatrix, 1)), ofKeys(laterByOne(throughMomentum, 0)), mul(value, rate)], 2),
  );
  const keySize = key.shape[2]!;
  const part = (from: number, count: number) => slice(solved, [0, 0, from], [-1, -1, count]);
  const atEnd = (x: Tensor) => slice(x, [0, chunk - 1, 0], [-1, 1, -1]);
  const writes = (matrix: Tensor) => mul(key, reshape(atEnd(matrix), [-1, chunk, 1]));
  const perChunk = (x: Tensor) =>
    chunks === 1 ? [x] : unstack(reshape(x, [batch * heads, chunks, ...x.shape.slice(1)]), 1);
  const loop = {
    fromMatrix: perChunk(part(0, keySize)),
    fromMomentum: perChunk(part(keySize, keySize)),
    constant: perChunk(part(2 * keySize, headSize)),
    matrixKeys: perChunk(writes(reach)),
    momentumKeys: perChunk(writes(momentum)),
    ends: [ofMatrix, throughMomentum, ofMomentum].map((x) =>
      perChunk(only(isFirst && atEndOf(isFirst, chunk), atEnd(x))),
    ),
  };
  const start = (x: Tensor4D | undefined) =>
    x ? reshape(x, [batch * heads, keySize, headSize]) : zeros([batch * heads, keySize, headSize]);
  let [matrix, speed]: Tensor[] = [start(given.initialState?.matrix), start(given.initialState?.momentum)];
  const found: { matrices: Tensor[]; speeds: Tensor[]; steps: Tensor[] } = { matrices: [], speeds: [], steps: [] };
  for (let c = 0; c < chunks; c++) {
    const read = add(matMul(loop.fromMatrix[c]!, matrix!), matMul(loop.fromMomentum[c]!, speed!));
    const step = sub(loop.constant[c]!, read);
    found.matrices.push(matrix!);
    found.speeds.push(speed!);
    found.steps.push(step);
    const [a, m, e] = loop.ends.map((parts) => parts[c]!);
    const kept = add(mul(a!, matrix!), mul(m!, speed!));
    speed = add(mul(e!, speed!), matMul(loop.momentumKeys[c]!, step, true, false));
    matrix = add(kept, matMul(loop.matrixKeys[c]!, step, true, false));
  }
  const joined = (parts: Tensor[]) => reshape(stack(parts, 1), [-1, ...parts[0]!.shape.slice(1)]);
  const fromMatrix = matMul(mul(query, only(isFirst, ofMatrix)), joined(found.matrices));
  const fromMomentum = matMul(mul(query, only(isFirst, throughMomentum)), joined(found.speeds));
  const inside = matMul(mul(matMul(query, key, false, true), reach), joined(found.steps));
  const last = (x: Tensor) => reshape(x, [batch, heads, keySize, headSize]) as Tensor4D;
  return {
    y: fromChunks(add(add(fromMatrix, fromMomentum), inside), sizes),
    state: { matrix: last(matrix!), momentum: last(speed!) },
  };
}

function partsOf({ query, key, value, learningRate, resets }: LinearMemory, sizes: ChunkSizes) {
  return {
    ...{ query: inChunks(query, sizes), key: inChunks(key, sizes), value: inChunks(value, sizes) },
    rate: inChunks(mul(expandDims(learningRate, 3), 2), sizes), // of the gradient of a square
    sequences: resets ? sequencesOf(resets, sizes) : null,
  };
}

/** Shares [rows, chunk, 1] of the state before a chunk at each step, and [rows, chunk, chunk] between its steps. */
function decaysOf({ logDecay, logMomentum, real }: LinearMemory, sequences: Tensor | null, sizes: ChunkSizes) {
  const { batch, length, heads } = sizes;
  const [matrixSteps, momentumSteps] = [logDecay, logMomentum].map((x) => inChunks(expandDims(x, 3), sizes));
  const shown = real
    ? mul(reshape(real, [batch, length, 1, 1]), ones([1, 1, heads, 1]))
    : ones([batch, length, heads, 1]);
  const steps = reshape(inChunks(shown, sizes), [-1, 1, sizes.chunk]); // 0 where nothing is added to the matrix
  const decay = mul(between(matrixSteps!, sequences), steps);
  const momentum = between(momentumSteps!, sequences);
  const [ofMatrix, ofMomentum] = [exp(cumsum(matrixSteps!, 1)), exp(cumsum(momentumSteps!, 1))];
  return { ofMatrix, ofMomentum, momentum, reach: matMul(decay, momentum), throughMomentum: matMul(decay, ofMomentum) };
}

/**
 * exp of the sums of the logarithms after the earlier and up to the later position of one sequence, else 0. Each pair has a
 * sum of its steps alone: the differences of sums from the start would lose small gradients among those of other steps.
 */
function between(logarithms: Tensor, sequences: Tensor | null): Tensor {
  const positions = range(0, logarithms.shape[1]!, 1, 'int32');
  const [rows, columns] = [expandDims(positions, 1), expandDims(positions, 0)];
  const after = expandDims(cast(greater(rows, columns), 'float32'), 0);
  const earlier = expandDims(greaterEqual(rows, columns), 0);
  const reads = sequences ? logicalAnd(earlier, equal(expandDims(sequences, 2), expandDims(sequences, 1))) : earlier;
  return exp(add(cumsum(mul(logarithms, after), 1), where(reads, 0, NEVER)));
}

/** Rows [rows, chunk, ...], each in the place of the next; the first are `first`. */
function laterByOne(x: Tensor, first: number): Tensor {
  const [rows, chunk, columns] = x.shape as [number, number, number];
  const start = add(zeros([rows, 1, columns]), first);
  return chunk === 1 ? start : concat([start, slice(x, [0, 0, 0], [rows, chunk - 1, columns])], 1);
}

function atEndOf(condition: Tensor, chunk: number): Tensor {
  return slice(condition, [0, chunk - 1, 0], [-1, 1, 1]);
}
