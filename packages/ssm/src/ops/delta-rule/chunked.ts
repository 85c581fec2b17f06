import {
  add,
  concat,
  cumsum,
  equal,
  exp,
  expandDims,
  greater,
  greaterEqual,
  logicalAnd,
  matMul,
  maximum,
  mul,
  range,
  reshape,
  slice,
  stack,
  sub,
  sum,
  type Tensor,
  type Tensor4D,
  unstack,
  where,
  zeros,
} from '@tensorflow/tfjs-core';
import { type ChunkSizes, chunksOf, fromChunks, inChunks, sequencesOf } from '../chunks.js';
import type { DeltaRule } from './tensors.js';
import { inverseOfUnitTriangle } from './triangle.js';

/** Its exp is 0, and so is the gradient. */
const NEVER = -1e9;
/** A step keeps nothing that float32 could show below this; sums of larger ones would lose the digits of the others. */
const LEAST_LOG_DECAY = -30;
/** Longest chunk where each row of the state has a decay: its pairs of positions are compared for every row. */
const LONGEST_BY_ROWS = 16;

/**
 * The delta rule chunk by chunk (Yang et al. 2024, "Parallelizing linear transformers with the delta rule", section 3.2: the
 * WY representation). With g the sums of the logarithms of the decays inside a chunk, everything that its steps read from
 * the state before it and from each other is found by matrix products:
 *
 *     u = (I - A)⁻¹ ((e^g a) S + A' v)    A = a·b e^(g - g'), A' = a·k e^(g - g'), of pairs of positions
 *
 * where u is written with b as v is with k; if b = k, their sum is (I - A)⁻¹ ((e^g a) S + v).
 */
export function chunkedDeltaRule(rule: DeltaRule, wanted: number): { y: Tensor4D; state: Tensor4D } {
  const [batch, length, heads, headSize] = rule.value.shape;
  const byRows = rule.logDecay.rank === 4;
  const sizes = {
    batch,
    length,
    heads,
    headSize,
    ...chunksOf(length, byRows ? Math.min(wanted, LONGEST_BY_ROWS) : wanted),
  };
  const chunked = split(rule, sizes);
  const { before, writes, last } = statesBetween(rule, chunked, sizes);
  const { query, elapsed, since } = chunked;
  const handed = matMul(mul(query, exp(since)), before);
  const inside = writes.map(({ key, value }) =>
    matMul(scoresOf(query, key, { elapsed, from: elapsed, sequences: chunked.sequences, isStrict: false }), value),
  );
  return {
    y: fromChunks(
      inside.reduce((all, each) => add(all, each), handed),
      sizes,
    ),
    state: last,
  };
}

interface Chunked {
  readonly query: Tensor; // [rows, chunk, keySize], as the key, removal and replacement
  readonly key: Tensor;
  readonly value: Tensor; // [rows, chunk, valueSize]
  readonly removal: Tensor | undefined;
  readonly replacement: Tensor | undefined;
  /** Sums of the logarithms up to each position, and up to the one before it [rows, chunk, 1 or keySize]. */
  readonly elapsed: Tensor;
  readonly elapsedBefore: Tensor;
  /** The same from the state before the chunk, unless a sequence began in between. */
  readonly since: Tensor;
  readonly sinceBefore: Tensor;
  readonly sequences: Tensor | null; // [rows, chunk]
}

function split({ logDecay, resets, ...rule }: DeltaRule, sizes: ChunkSizes): Chunked {
  const part = (x: Tensor | undefined) => x && inChunks(x, sizes);
  const logarithms = maximum(logDecay.rank === 3 ? expandDims(logDecay, 3) : logDecay, LEAST_LOG_DECAY);
  const steps = inChunks(logarithms, sizes);
  const [elapsed, elapsedBefore] = [cumsum(steps, 1), cumsum(steps, 1, true)];
  const sequences = resets ? sequencesOf(resets, sizes) : null;
  const first = sequences && expandDims(equal(sequences, 0), 2);
  const unlessReset = (sums: Tensor) => (first ? where(first, sums, NEVER) : sums);
  return {
    ...{ query: part(rule.query)!, key: part(rule.key)!, value: part(rule.value)! },
    ...{ removal: part(rule.removal), replacement: part(rule.replacement) },
    ...{ elapsed, elapsedBefore, since: unlessReset(elapsed), sinceBefore: unlessReset(elapsedBefore), sequences },
  };
}

interface Write {
  readonly key: Tensor;
  readonly value: Tensor;
}

/** The states before every chunk [rows, keySize, valueSize], the one after the last, and what is written inside. */
function statesBetween(rule: DeltaRule, chunked: Chunked, sizes: ChunkSizes) {
  const { key, value, removal, replacement, elapsed, sequences } = chunked;
  const { batch, heads, headSize, chunk, chunks } = sizes;
  const keySize = key.shape[2]!;
  const end = slice(elapsed, [0, chunk - 1, 0], [-1, 1, -1]); // [rows, 1, 1 or keySize]
  const endSequence = sequences && slice(sequences, [0, chunk - 1], [-1, 1]);
  const remaining = sub(end, elapsed);
  const stays = endSequence && expandDims(equal(sequences!, endSequence), 2);
  const toEnd = exp(stays ? where(stays, remaining, NEVER) : remaining);
  const whole = endSequence ? where(expandDims(equal(endSequence, 0), 2), end, NEVER) : end;
  const decay = reshape(exp(whole), [-1, end.shape[2]!, 1]);
  const perChunk = (x: Tensor) =>
    chunks === 1 ? [x] : unstack(reshape(x, [batch * heads, chunks, ...x.shape.slice(1)]), 1);
  const [decays, keys] = [perChunk(decay), perChunk(mul(replacement ?? key, toEnd))];
  const constant = replacement || !removal ? perChunk(matMul(mul(key, toEnd), value, true, false)) : null;
  const read = removal && readingOf(chunked, removal);
  const [readKeys, readConstants] = read ? [perChunk(read.keys), perChunk(read.constants)] : [];
  let state: Tensor = rule.initialState
    ? reshape(rule.initialState, [batch * heads, keySize, headSize])
    : zeros([batch * heads, keySize, headSize]);
  const [states, values]: Tensor[][] = [[], []];
  for (let c = 0; c < chunks; c++) {
    states!.push(state);
    let next: Tensor = mul(decays[c]!, state);
    if (constant) next = add(next, constant[c]!);
    if (readKeys) {
      const written = add(matMul(readKeys[c]!, state), readConstants![c]!);
      values!.push(written);
      next = add(next, matMul(keys[c]!, written, true, false));
    }
    state = next;
  }
  const joined = (parts: Tensor[]) => reshape(stack(parts, 1), [-1, ...parts[0]!.shape.slice(1)]);
  const given: Write[] = replacement || !removal ? [{ key, value }] : [];
  const writes = removal ? [...given, { key: replacement ?? key, value: joined(values!) }] : given;
  const last = reshape(state, [batch, heads, keySize, headSize]) as Tensor4D;
  return { before: joined(states!), writes, last };
}

/** What the steps of a chunk read, and with it write, is keys S + constants, for the state S before it. */
function readingOf({ key, value, replacement, sinceBefore, ...chunked }: Chunked, removal: Tensor) {
  const { elapsed: from, elapsedBefore: elapsed, sequences } = chunked;
  const scores = (to: Tensor) => scoresOf(removal, to, { elapsed, from, sequences, isStrict: true });
  const inverse = inverseOfUnitTriangle(scores(replacement ?? key));
  const constants = replacement ? matMul(scores(key), value) : value;
  const keys = mul(removal, exp(sinceBefore));
  const [ofKeys, width] = [matMul(inverse, concat([keys, constants], 2)), keys.shape[2]!];
  return { keys: slice(ofKeys, [0, 0, 0], [-1, -1, width]), constants: slice(ofKeys, [0, 0, width], [-1, -1, -1]) };
}

interface Pairs {
  /** Sums of the logarithms of the decays at the position that reads, and at the one that wrote. */
  readonly elapsed: Tensor;
  readonly from: Tensor;
  readonly sequences: Tensor | null;
  /** Whether a position does not read what it writes. */
  readonly isStrict: boolean;
}

/** [rows, chunk, chunk]: x·y of pairs of positions of one sequence, decayed from the earlier to the later; else 0. */
function scoresOf(x: Tensor, y: Tensor, { elapsed, from, sequences, isStrict }: Pairs): Tensor {
  const positions = range(0, x.shape[1]!, 1, 'int32');
  const [rows, columns] = [expandDims(positions, 1), expandDims(positions, 0)];
  const earlier = expandDims(isStrict ? greater(rows, columns) : greaterEqual(rows, columns), 0);
  const reads = sequences ? logicalAnd(earlier, equal(expandDims(sequences, 2), expandDims(sequences, 1))) : earlier;
  const hidden = expandDims(where(reads, 0, NEVER), 3); // added: `where` would first create a condition of the full size
  const decays = exp(add(sub(expandDims(elapsed, 2), expandDims(from, 1)), hidden)); // [rows, chunk, chunk, 1 or keySize]
  if (decays.shape[3] === 1) return mul(matMul(x, y, false, true), reshape(decays, decays.shape.slice(0, 3)));
  return sum(mul(mul(expandDims(x, 2), expandDims(y, 1)), decays), 3);
}
