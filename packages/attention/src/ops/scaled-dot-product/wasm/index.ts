import type { NativeKernel } from '@sequitur/core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { attentionKernels } from '../../../wasm-kernels.js';
import type { ResolvedOptions } from '../options.js';
import { withCall } from './call.js';
import { backwardParts, forwardParts } from './parts.js';

type Kernel = NativeKernel<ResolvedOptions>;

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
