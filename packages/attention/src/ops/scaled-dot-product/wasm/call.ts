import { dropoutThreshold, type OpInputs, type WasmInstance } from '@sequitur/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { FIELDS } from '../../../call-record.generated.js';
import { type BlockLayout, blockLayout } from '../../../patterns/index.js';
import type { attentionKernels } from '../../../wasm-kernels.js';
import type { ResolvedOptions } from '../options.js';
import { stridesOf } from '../strides.js';

type Kernels = NonNullable<ReturnType<typeof attentionKernels>>;

/** Block size of queries and keys, as in `assembly/call.ts`. */
const BLOCK = 64;
const FULLY_MASKED = { zeros: 0, evenly: 1, all: 2 } as const;

/** A call of a kernel: what it reads and what it writes. */
export interface Task {
  readonly inputs: OpInputs;
  readonly attributes: ResolvedOptions;
  readonly results: Readonly<Record<string, TensorInfo | undefined>>;
}

/** Writes the call and its layouts to wasm memory, and reserves the scratch memory of each thread. */
export function withCall(
  wasm: Kernels,
  task: Task,
  scratchBytes: (call: number) => number,
  use: (call: number, threads: number) => void,
): void {
  const layouts = layoutsOf(task);
  const words = CALL_WORDS + layouts.reduce((sum, layout) => sum + 3 + sizeOf(layout), 0);
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
    const fields = fieldsOf(wasm, task, { layouts: triples, layoutCount: layouts.length });
    const fill = (all: Fields) => wasm.integers(call, CALL_WORDS).set(wordsOf(all));
    fill(fields);
    const ofThread = Math.ceil(scratchBytes(call) / 64) * 64;
    withScratchOfThreads(wasm, threads, ofThread, (scratch, count) => {
      fill({ ...fields, scratch, scratchBytes: ofThread });
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

function sizeOf({ starts, entries, masks }: BlockLayout): number {
  return starts.length + entries.length + masks.length;
}

/** Arguments by the names of `assembly/call.ts`: offsets in bytes, strides in elements, 0 for an absent tensor. */
type Fields = Readonly<Record<keyof typeof FIELDS, number>>;

const TYPES = Object.entries(FIELDS) as [keyof typeof FIELDS, (typeof FIELDS)[keyof typeof FIELDS]][];
const CALL_WORDS = TYPES.length;

/** All fields except the scratch memory, whose size the kernel computes from them. */
function fieldsOf(
  wasm: WasmInstance<unknown>,
  { inputs, attributes, results }: Task,
  layout: Pick<Fields, 'layouts' | 'layoutCount'>,
): Fields {
  const { query, value, bias } = inputs;
  const { scale, keyLength, softCap = 0, dropout, fullyMasked } = attributes;
  const [batch, queries, heads, headSize] = query!.shape as [number, number, number, number];
  const [, capacity, keyHeads, valueSize] = value!.shape as [number, number, number, number];
  const [biasBatch, biasHead, biasQuery, biasKey] = (bias ? stridesOf(bias.shape) : [0, 0, 0, 0]) as Strides;
  const of = (tensor: TensorInfo | undefined) => wasm.offsetOr0(tensor);
  return {
    ...{ batch, queries, heads, headSize, valueSize, keys: keyLength, capacity, keyHeads },
    ...{ query: of(query), key: of(inputs.key), value: of(value) },
    ...{ visible: of(inputs.attentionMask), documents: of(inputs.documents) },
    ...{ bias: of(bias), biasBatch, biasHead, biasQuery, biasKey, relative: of(inputs.relative) },
    ...layout,
    ...{ scale, softCap },
    dropBelow: dropout ? dropoutThreshold(dropout.rate) : 0,
    dropSeed: dropout ? dropout.seed : 0,
    keptScale: dropout ? 1 / (1 - dropout.rate) : 0,
    fullyMasked: FULLY_MASKED[fullyMasked],
    ...{ output: of(results.output ?? inputs.output), logSumExp: of(results.logSumExp ?? inputs.logSumExp) },
    ...{ doutput: of(inputs.dy), dlogSumExp: of(inputs.dlogSumExp) },
    ...{ dquery: of(results.dquery), dkey: of(results.dkey), dvalue: of(results.dvalue) },
    ...{ dbias: of(results.dbias), drelative: of(results.drelative) },
    ...{ scratch: 0, scratchBytes: 0 },
  };
}

type Strides = [number, number, number, number];

/** The record as words, floats by their bits. */
function wordsOf(fields: Fields): number[] {
  return TYPES.map(([name, type]) => (type === 'f32' ? bitsOf(fields[name]) : fields[name]));
}

const bits = new DataView(new ArrayBuffer(4));

function bitsOf(value: number): number {
  bits.setFloat32(0, value);
  return bits.getInt32(0);
}
