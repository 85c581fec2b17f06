import {
  dropoutThreshold,
  groupsOf,
  type NativeKernel,
  type OpInputs,
  type WebGpuInstance,
  webGpuInstance,
} from '@sequitur/core';
import type { DataId, KernelBackend, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { type BlockLayout, blockLayout } from '../../../patterns/index.js';
import type { ResolvedOptions } from '../options.js';
import { stridesOf } from '../strides.js';
import { forwardKernel } from './forward.js';
import { shouldUseBlockKernels } from './heuristics.js';
import { keyGradientKernel } from './key-gradient.js';
import { layoutWords, turnedLayout } from './layout-words.js';
import { queryGradientKernel } from './query-gradient.js';
import { BLOCK } from './shared-code.js';
import { statsKernel } from './stats.js';
import { fours, inHalf, type Variant, variantOf } from './variant.js';

type Kernel = NativeKernel<ResolvedOptions>;

/** The functions of tfjs's WebGPU backend by which integers are uploaded. */
interface Uploads extends KernelBackend {
  makeTensorInfo(shape: number[], dtype: 'int32', values: Int32Array): TensorInfo;
  disposeData(dataId: DataId): boolean;
}

export const forwardWebGpu: Kernel = ({ inputs, attributes, backend }) => {
  const gpu = webGpuInstance(backend);
  if (inputs.query!.size === 0) return null; // nothing to bind
  const variant = gpu && variantOf(gpu, inputs, attributes);
  const layouts = layoutsOf(inputs, attributes);
  if (!gpu || !variant || !shouldUseBlockKernels(gpu, variant, { inputs, layouts, keys: attributes.keyLength }))
    return null;
  const { query, key, value } = inputs as Record<string, Tensor>;
  const [batch, queries, heads] = query!.shape as [number, number, number];
  const output = gpu.output([batch, queries, heads, value!.shape[3]!]);
  const logSumExp = gpu.output([batch, heads, queries]);
  withWords(backend, layoutWords(layouts), (plan) =>
    gpu.compute(forwardKernel(inHalf(gpu, variant)), {
      tensors: { q: query!, k: key!, v: value!, plan, ...maskOf(inputs), ...extraOf(inputs), output, logSumExp },
      parameters: parametersOf(inputs, attributes, batch * heads * groupsOf(queries, BLOCK)),
      workgroups: batch * heads * groupsOf(queries, BLOCK),
    }),
  );
  return [output, logSumExp];
};

export const backwardWebGpu: Kernel = ({ inputs, attributes, backend }) => {
  const gpu = webGpuInstance(backend);
  if (inputs.query!.size === 0) return null;
  const variant = gpu && variantOf(gpu, inputs, attributes);
  const wantsBias = (inputs.bias && attributes.biasGradient) || inputs.relative;
  const layouts = layoutsOf(inputs, attributes);
  if (
    !gpu ||
    !variant ||
    wantsBias ||
    !shouldUseBlockKernels(gpu, variant, { inputs, layouts, keys: attributes.keyLength })
  )
    return null;
  const { query, key, value, dy } = inputs as Record<string, Tensor>;
  const [batch, queries, heads] = query!.shape as [number, number, number];
  const [, capacity, keyHeads] = key!.shape as [number, number, number];
  const { keyLength } = attributes;
  const [dq, dk, dv] = [query!, key!, value!].map(({ shape }) => gpu.output(shape)) as [
    TensorInfo,
    TensorInfo,
    TensorInfo,
  ];
  if (keyLength < capacity) for (const sums of [dk, dv]) gpu.clear(sums);
  const size = 4 * batch * heads * queries + (inputs.attentionMask ? batch * keyLength : 0);
  gpu.withScratch([size], (stats) => {
    fillStats(gpu, backend, { inputs, attributes, variant }, stats);
    const read = { q: query!, k: key!, v: value!, dy: dy!, stats, ...extraOf(inputs) };
    withWords(backend, layoutWords(layouts), (plan) => {
      const workgroups = batch * heads * groupsOf(queries, BLOCK);
      const parameters = parametersOf(inputs, attributes, workgroups);
      gpu.compute(queryGradientKernel(variant), { tensors: { ...read, plan, dq }, parameters, workgroups });
    });
    withWords(backend, layoutWords(turnedLayoutsOf(inputs, attributes)), (plan) => {
      const workgroups = batch * keyHeads * groupsOf(keyLength, BLOCK);
      const parameters = parametersOf(inputs, attributes, workgroups);
      const run = (which: 'both' | 'key' | 'value', written: Record<string, TensorInfo>) =>
        gpu.compute(keyGradientKernel(variant, which), {
          tensors: { ...read, plan, ...written },
          parameters,
          workgroups,
        });
      if (variant.extra === 'none') run('both', { dk, dv });
      else {
        run('key', { dk }); // with a bias, both together exceed the guaranteed number of bindings
        run('value', { dv });
      }
    });
  });
  return [dq, dk, dv];
};

interface Task {
  readonly inputs: OpInputs;
  readonly attributes: ResolvedOptions;
  readonly variant: Variant;
}

function fillStats(gpu: WebGpuInstance, backend: KernelBackend, task: Task, stats: TensorInfo): void {
  const { inputs, attributes, variant } = task;
  const { output, dy, logSumExp, dlogSumExp } = inputs as Record<string, Tensor>;
  const [batch] = output!.shape as [number];
  const workgroups = groupsOf(Math.max(logSumExp!.size, batch * attributes.keyLength), BLOCK);
  withWords(backend, layoutWords(layoutsOf(inputs, attributes)), (plan) =>
    gpu.compute(statsKernel(variant), {
      tensors: { output: output!, dy: dy!, logs: logSumExp!, dlogs: dlogSumExp!, plan, ...maskOf(inputs), stats },
      parameters: parametersOf(inputs, attributes, workgroups),
      workgroups,
    }),
  );
}

/** Uploads integers for the duration of `use`. */
function withWords(backend: KernelBackend, words: Int32Array, use: (words: TensorInfo) => void): void {
  const uploads = backend as Uploads;
  const info = uploads.makeTensorInfo([words.length], 'int32', words);
  use(info);
  uploads.disposeData(info.dataId);
}

function layoutsOf({ query }: OpInputs, { patterns, keyLength, offset, evicted }: ResolvedOptions): BlockLayout[] {
  const request = { queries: query!.shape[1]!, keys: keyLength, offset, queryBlock: BLOCK, keyBlock: 32, evicted };
  return patterns.map((pattern) => blockLayout(pattern, request));
}

function turnedLayoutsOf(
  { query }: OpInputs,
  { patterns, keyLength, offset, evicted }: ResolvedOptions,
): BlockLayout[] {
  const request = { queries: query!.shape[1]!, keys: keyLength, offset, queryBlock: 32, keyBlock: BLOCK, evicted };
  return patterns.map((pattern) => turnedLayout(pattern, request));
}

function maskOf({ attentionMask }: OpInputs): Record<string, Tensor> {
  return attentionMask ? { attentionMask } : {};
}

function extraOf({ bias, relative }: OpInputs): Record<string, Tensor> {
  const extra = bias ?? relative;
  return extra ? { extra } : {};
}

function parametersOf(
  { query, value, bias }: OpInputs,
  options: ResolvedOptions,
  groups: number,
): Record<string, number> {
  const { scale, softCap = 1, keyLength, patterns, dropout } = options;
  const [batch, queries, heads] = query!.shape as [number, number, number];
  const [, capacity, keyHeads] = value!.shape as [number, number, number];
  const [biasBatch, biasHead, biasQuery, biasKey] = (bias ? stridesOf(bias.shape) : [0, 0, 0, 0]) as [
    number,
    number,
    number,
    number,
  ];
  return {
    ...{ groups, batch, queries, heads, keyHeads, keys: keyLength, capacity, layouts: patterns.length, scale, softCap },
    ...{
      biasBatch,
      biasHead,
      biasQuery,
      biasKey,
      headFours: fours(query!.shape[3]!),
      valueFours: fours(value!.shape[3]!),
    },
    dropBelow: dropout ? dropoutThreshold(dropout.rate) : 0,
    dropSeed: dropout?.seed ?? 0,
    keptScale: dropout ? 1 / (1 - dropout.rate) : 1,
  };
}
