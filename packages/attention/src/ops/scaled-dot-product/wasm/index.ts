import { dropoutThreshold, type NativeKernel, type OpInputs, type WasmInstance } from '@sequitur/core';
import type { Tensor, Tensor4D, TensorInfo } from '@tensorflow/tfjs-core';
import { type BlockLayout, blockLayout } from '../../../patterns/index.js';
import { attentionKernels } from '../../../wasm-kernels.js';
import type { ResolvedOptions } from '../options.js';
import { stridesOf } from '../strides.js';
import { backwardParts, forwardParts } from './parts.js';

type Kernel = NativeKernel<ResolvedOptions>;
type Kernels = NonNullable<ReturnType<typeof attentionKernels>>;

/** Block size of queries and keys, as in `assembly/call.ts`. */
const BLOCK = 64;
const FULLY_MASKED = { zeros: 0, evenly: 1, all: 2 } as const;

export const forwardWasm: Kernel = ({ inputs, attributes, backend }) => {
  const wasm = attentionKernels(backend);
  if (!wasm) return null;
  const { query, value } = inputs as Record<string, Tensor4D>;
  const [batch, queries, heads] = query!.shape;
  const output = wasm.output([batch, queries, heads, value!.shape[3]]);
  const logSumExp = wasm.output([batch, heads, queries]);
  const task = { inputs, attributes, results: { output, logSumExp } };
  withCall(wasm, task, wasm.kernels.forwardScratchBytes, (call, threads) => {
    const parts = forwardParts(inputs, threads);
    wasm.runAll(
      'attentionForward',
      parts.map((part) => [call, ...part]),
    );
  });
  return [output, logSumExp];
};

export const backwardWasm: Kernel = ({ inputs, attributes, backend }) => {
  const wasm = attentionKernels(backend);
  if (!wasm) return null;
  const { query, key, value, bias, relative } = inputs as Record<string, Tensor>;
  const [dquery, dkey, dvalue] = [wasm.output(query!.shape), wasm.output(key!.shape), wasm.output(value!.shape)];
  const [dbias, drelative] = [attributes.biasGradient ? bias : undefined, relative].map(
    (given) => given && wasm.output(given.shape),
  );
  for (const sums of [dbias, drelative]) if (sums) wasm.values(sums).fill(0);
  if (attributes.keyLength < key!.shape[1]!) for (const slopes of [dkey, dvalue]) wasm.values(slopes).fill(0);
  const results = { dquery, dkey, dvalue, dbias, drelative };
  const task = { inputs, attributes, results };
  withCall(wasm, task, wasm.kernels.backwardScratchBytes, (call, threads) => {
    const parts = backwardParts(inputs, results, threads);
    wasm.runAll(
      'attentionBackward',
      parts.map((part) => [call, ...part]),
    );
  });
  return [dquery, dkey, dvalue, dbias, drelative].filter((gradient) => gradient !== undefined);
};

interface Task {
  readonly inputs: OpInputs;
  readonly attributes: ResolvedOptions;
  readonly results: Readonly<Record<string, TensorInfo | undefined>>;
}

/** Writes the call and its layouts to wasm memory, and reserves the scratch memory of each thread. */
function withCall(
  wasm: Kernels,
  task: Task,
  scratchBytes: (call: number) => number,
  use: (call: number, threads: number) => void,
): void {
  const layouts = layoutsOf(task);
  const words = CALL_WORDS + layouts.reduce((sum, layout) => sum + 3 + wordsOf(layout), 0);
  const threads = wasm.shouldParallelize(multiplicationsOf(task, layouts)) ? wasm.threads : 1;
  wasm.withScratch(words * 4, (call) => {
    const triples = call + CALL_WORDS * 4;
    let at = triples + layouts.length * 12;
    for (const [index, layout] of layouts.entries()) {
      const offsets = [layout.starts, layout.entries, layout.masks].map((part) => {
        wasm.integers(at, part.length).set(part);
        at += part.length * 4;
        return at - part.length * 4;
      });
      wasm.integers(triples + index * 12, 3).set(offsets);
    }
    writeCall(wasm, call, task, triples, layouts.length);
    const ofThread = Math.ceil(scratchBytes(call) / 64) * 64;
    withScratchOfThreads(wasm, threads, ofThread, (scratch, count) => {
      wasm.integers(call + SCRATCH_WORD * 4, 2).set([scratch, ofThread]);
      use(call, count);
    });
  });
}

/** Falls back to one thread where memory is too small for the scratch of all. */
function withScratchOfThreads(
  wasm: Kernels,
  threads: number,
  ofThread: number,
  use: (scratch: number, threads: number) => void,
): void {
  let found = false;
  try {
    wasm.withScratch(threads * ofThread, (scratch) => {
      found = true;
      use(scratch, threads);
    });
  } catch (error) {
    if (found || threads === 1) throw error;
    wasm.withScratch(ofThread, (scratch) => use(scratch, 1));
  }
}

/** Multiply-adds of the visible pairs of blocks, or of the few queries that are computed one by one. */
function multiplicationsOf({ inputs: { query, value } }: Task, layouts: readonly BlockLayout[]): number {
  const [batch, queries, heads, headSize] = query!.shape as [number, number, number, number];
  const pairs = layouts.reduce((sum, { entries }) => sum + entries.length / 2, 0) / layouts.length;
  return batch * heads * pairs * BLOCK * Math.min(queries, BLOCK) * (headSize + value!.shape[3]!);
}

function layoutsOf({ inputs: { query }, attributes }: Task): readonly BlockLayout[] {
  const { patterns, keyLength, offset, evicted } = attributes;
  const request = { queries: query!.shape[1]!, keys: keyLength, offset, queryBlock: BLOCK, keyBlock: BLOCK, evicted };
  return patterns.map((pattern) => blockLayout(pattern, request));
}

function wordsOf({ starts, entries, masks }: BlockLayout): number {
  return starts.length + entries.length + masks.length;
}

const CALL_WORDS = 38;
const SCRATCH_WORD = 35;

/** Writes the fields of `Call` in `assembly/call.ts`, in its order. */
function writeCall(wasm: WasmInstance<unknown>, call: number, task: Task, layouts: number, layoutCount: number): void {
  const { query, key, value, attentionMask, documents, bias, relative, output, logSumExp, dy, dlogSumExp } =
    task.inputs;
  const { scale, keyLength, softCap = 0, dropout, fullyMasked } = task.attributes;
  const { results } = task;
  const of = (tensor: TensorInfo | undefined) => wasm.offsetOr0(tensor);
  const [batch, queries, heads, headSize] = query!.shape as [number, number, number, number];
  const [, capacity, keyHeads, valueSize] = value!.shape as [number, number, number, number];
  const integers = wasm.integers(call, CALL_WORDS);
  integers.set([
    ...[batch, queries, heads, headSize, valueSize, keyLength, capacity, keyHeads],
    ...[
      of(query),
      of(key),
      of(value),
      of(attentionMask),
      of(bias),
      ...(bias ? stridesOf(bias.shape) : [0, 0, 0, 0]),
      of(relative),
    ],
    ...[layouts, layoutCount, bitsOf(scale), bitsOf(softCap)],
    ...(dropout ? [dropoutThreshold(dropout.rate), dropout.seed, bitsOf(1 / (1 - dropout.rate))] : [0, 0, 0]),
    ...[
      FULLY_MASKED[fullyMasked],
      of(results.output ?? output),
      of(results.logSumExp ?? logSumExp),
      of(dy),
      of(dlogSumExp),
    ],
    ...[of(results.dquery), of(results.dkey), of(results.dvalue), of(results.dbias), of(results.drelative), 0, 0],
    of(documents),
  ]);
}

const bits = new DataView(new ArrayBuffer(4));

function bitsOf(value: number): number {
  bits.setFloat32(0, value);
  return bits.getInt32(0);
}
