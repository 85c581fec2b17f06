import type { NativeKernel } from '@sequitur/core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { attentionKernels } from '../wasm-kernels.js';
import type { SettledOptions } from './options.js';

type Kernel = NativeKernel<SettledOptions>;

export const forwardWasm: Kernel = ({ inputs, attributes, backend }) => {
  const wasm = attentionKernels(backend);
  const { query, key, value } = inputs as Record<string, Tensor4D>;
  if (!wasm || !isPlain(inputs, attributes)) return null;
  const [batch, queries, headCount, headSize] = query!.shape;
  const [, capacity, keyHeads] = key!.shape;
  const { keyLength, offset, scale } = attributes;
  const causal = attributes.patterns[0]!.kind === 'causal';
  const [output, normalisers] = [wasm.output(query!.shape), wasm.output([batch, headCount, queries])];
  wasm.withScratch(wasm.kernels.attentionScratchBytes(keyLength), (scratch) =>
    wasm.kernels.attentionForward(
      ...([batch, queries, headCount, headSize, keyLength, capacity, keyHeads] as const),
      ...([wasm.offset(query!), wasm.offset(key!), wasm.offset(value!), wasm.offsetOr0(inputs.visible)] as const),
      ...([offset, causal, scale, wasm.offset(output), wasm.offset(normalisers), scratch, wasm.panels] as const),
    ),
  );
  return [output, normalisers];
};

export const backwardWasm: Kernel = ({ inputs, attributes, backend }) => {
  const wasm = attentionKernels(backend);
  const { query, key, value } = inputs as Record<string, Tensor4D>;
  const { output, logSumExp, dy, dlogSumExp } = inputs;
  if (!wasm || !isPlain(inputs, attributes)) return null;
  const [batch, queries, headCount, headSize] = query!.shape;
  const [, capacity, keyHeads] = key!.shape;
  const { keyLength, offset, scale } = attributes;
  const causal = attributes.patterns[0]!.kind === 'causal';
  const [dquery, dkey, dvalue] = [wasm.output(query!.shape), wasm.output(key!.shape), wasm.output(value!.shape)];
  wasm.withScratch(wasm.kernels.attentionScratchBytes(keyLength), (scratch) =>
    wasm.kernels.attentionBackward(
      ...([batch, queries, headCount, headSize, keyLength, capacity, keyHeads] as const),
      ...([wasm.offset(query!), wasm.offset(key!), wasm.offset(value!), wasm.offsetOr0(inputs.visible)] as const),
      ...([offset, causal, scale, wasm.offset(output!), wasm.offset(logSumExp!), wasm.offset(dlogSumExp!)] as const),
      ...([wasm.offset(dy!), wasm.offset(dquery), wasm.offset(dkey), wasm.offset(dvalue)] as const),
      ...([scratch, wasm.panels] as const),
    ),
  );
  return [dquery, dkey, dvalue];
};

/** Dense attention without any of the options. */
function isPlain(inputs: Parameters<Kernel>[0]['inputs'], options: SettledOptions): boolean {
  const { patterns, forgotten, softCap, dropout, unseen, keyLength, offset } = options;
  const { query, value, bias, relative, visible } = inputs;
  const [kind] = patterns.map((pattern) => pattern.kind);
  const dense = patterns.length === 1 && (kind === 'full' || kind === 'causal');
  const within = kind === 'full' || offset + query!.shape[1]! <= keyLength;
  const plain = !(forgotten || softCap || dropout || bias || relative) && (unseen === 'evenly' || !visible);
  return dense && within && plain && query!.shape[3] === value!.shape[3];
}
