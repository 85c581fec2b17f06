import { defineOp, firstPositions, type Op, type OpInputs, scoped } from '@sequitur/core';
import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { onWebGpu } from '../on-webgpu.js';
import { biasTensors } from './bias/bias-tensors.js';
import { type Columns, columnsOf, combine } from './columns.js';
import { forwardCpu } from './cpu/index.js';
import { attentionGradient, gradientsOf } from './gradient.js';
import { maskTensors } from './mask-tensors.js';
import { type AttentionOptions, type ResolvedOptions, resolve } from './options.js';
import { referenceByBlocks } from './reference/index.js';
import { weightsByBlocks } from './reference/weights.js';
import type { AttentionResult } from './result.js';
import { forwardWasm } from './wasm/index.js';

export type { AttentionOptions, FullyMasked, PackedDocuments } from './options.js';
export type { AttentionResult } from './result.js';

const ops = new Map<string, Op<ResolvedOptions>>();

/**
 * Scaled dot-product attention (Vaswani et al. 2017, equation 1): softmax(Q Kᵀ scale + bias) V. Fully masked blocks of
 * the pattern cost nothing, and no array of queries × keys entries is made. With fewer key heads than heads,
 * neighbouring heads share one (grouped-query attention, Ainslie et al. 2023).
 *
 * @param query float32 [batch, queries, heads, headSize]
 * @param key float32 [batch, capacity, keyHeads, headSize]
 * @param value float32 [batch, capacity, keyHeads, valueSize]
 * @returns float32 [batch, queries, heads, valueSize], which the caller disposes
 * @throws SequiturError when a shape, dtype or option does not match
 */
export function attention(query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions = {}): Tensor4D {
  return scoped(() => run(query as Tensor4D, key as Tensor4D, value as Tensor4D, options).output);
}

/**
 * As `attention`, with log Σ exp of each query's scores, for combining results over parts of the keys. Both are
 * differentiable, and the caller disposes both.
 */
export function attentionWithLogSumExp(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions = {},
): AttentionResult {
  return scoped(() => run(query as Tensor4D, key as Tensor4D, value as Tensor4D, options));
}

/**
 * Attention weights before dropout, for inspection: float32 [batch, heads, queries, keyLength], which the caller
 * disposes. Computed for a few queries at a time, so that it needs little memory besides the result.
 *
 * @throws SequiturError when a shape, dtype or option does not match
 */
export function attentionWeights(query: Tensor4D, key: Tensor4D, options: AttentionOptions = {}): Tensor4D {
  return scoped(() => {
    const resolved = resolve(query, key, key, options);
    const tensors = biasTensors(options.bias, { ...placeOf(query), ...resolved, attentionMask: options.attentionMask });
    return weightsByBlocks({ query, key, ...maskTensors(options), ...tensors }, resolved);
  });
}

function run(query: Tensor4D, key: Tensor4D, value: Tensor4D, options: AttentionOptions): AttentionResult {
  const resolved = resolve(query, key, value, options);
  const columns = columnsOf(query, options, resolved);
  if (columns) {
    const [keys, values] = [key, value].map((x) => firstPositions(x, resolved.keyLength)) as [Tensor4D, Tensor4D];
    return runInColumns([query, keys, values], columns, resolved);
  }
  const { attentionMask } = options;
  const tensors = biasTensors(options.bias, { ...placeOf(query), ...resolved, attentionMask });
  const [output, logSumExp] = runAttention({ query, key, value, ...maskTensors(options), ...tensors }, resolved);
  return { output: output as Tensor4D, logSumExp: logSumExp as Tensor3D };
}

function runInColumns(
  [query, key, value]: readonly [Tensor4D, Tensor4D, Tensor4D],
  { to, from, pattern, near }: Columns,
  { scale, softCap }: ResolvedOptions,
): AttentionResult {
  const [keys, values] = [to(key), to(value)];
  const far = from(
    to(query).map((rows, index) => run(rows, keys[index]!, values[index]!, { scale, softCap, pattern })),
  );
  return near ? combine(run(query, key, value, { scale, softCap, pattern: near }), far) : far;
}

/**
 * {query, key, value, attentionMask?, documents?, bias?, relative?} -> [output, logSumExp]. Each set of inputs has a separate op,
 * since gradients of tfjs need to know which tensors exist.
 */
function runAttention(inputs: OpInputs, options: ResolvedOptions): Tensor[] {
  const names = Object.keys(inputs);
  const extras = names.slice(3).map((name) => name[0]!.toUpperCase() + name.slice(1));
  const name = ['SequiturAttention', ...extras].join('With');
  let op = ops.get(name);
  if (!op) {
    op = define(name, names);
    ops.set(name, op);
  }
  return op(inputs, options);
}

function define(name: string, names: readonly string[]): Op<ResolvedOptions> {
  return defineOp<ResolvedOptions>({
    name,
    reference: (inputs, options) => referenceByBlocks(inputs, options),
    gradient: {
      inputsToSave: names,
      outputsToSave: [true, true],
      of: ([dy, dlogSumExp], saved, options) => {
        const [output, logSumExp] = saved.slice(-2) as [Tensor, Tensor];
        const given = Object.fromEntries(names.map((input, index) => [input, saved[index]!]));
        const all = { ...given, output, logSumExp, dy: dy!, dlogSumExp: dlogSumExp! };
        const gradients = attentionGradient(all, options);
        const present = gradientsOf(names, options);
        return Object.fromEntries(present.map((input, index) => [input, () => gradients[index]!]));
      },
    },
    kernels: { cpu: forwardCpu, wasm: forwardWasm, webgpu: onWebGpu(({ forwardWebGpu }) => forwardWebGpu) },
  });
}

function placeOf({ shape: [batch, queries, heads] }: Tensor4D) {
  return { batch, queries, heads };
}
