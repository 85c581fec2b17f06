import { type AttentionOptions, attention, attentionWeights, causal, full, slidingWindow } from '@sequitur/attention';
import { cast, type NamedTensorMap, type Tensor, type Tensor4D, transpose } from '@tensorflow/tfjs-core';
import { type Operation, type OperationCase, withGradients } from './operation.js';

/** softmax(Q Kᵀ scale + bias) V, laid out [batch, heads, length, size]. */
export const attentionCases: Operation = (given) => {
  const options = optionsOf(given);
  const bias = given.has('bias') ? ['bias'] : [];
  const run = (q: Tensor, k: Tensor, v: Tensor, values?: Tensor) =>
    swapped(attention(swapped(q), swapped(k), swapped(v), withBias(options, values)));
  const outputs = withGradients(given, ['q', 'k', 'v', ...bias], run as (...tensors: Tensor[]) => Tensor);
  return { ...outputs, ...weights(given, options) };
};

function optionsOf(given: OperationCase): AttentionOptions {
  const window = given.attribute<number>('window');
  const isCausal = given.attribute<boolean>('causal') ?? false;
  const past = given.attribute<number>('past') ?? 0;
  const scale = given.attribute<number>('scale');
  const keep = given.attribute<string>('key_mask');
  if (keep !== undefined && !keep.startsWith('1=keep')) throw new Error(`key_mask ${keep} is not known`);
  const attentionMask = given.has('key_mask') ? cast(given.input('key_mask'), 'float32') : undefined;
  const pattern = window !== undefined ? slidingWindow(window) : isCausal ? causal() : full();
  return { pattern, offset: past, scale, attentionMask };
}

function withBias(options: AttentionOptions, values: Tensor | undefined): AttentionOptions {
  return values ? { ...options, bias: { kind: 'tensor', values } } : options;
}

function weights(given: OperationCase, options: AttentionOptions): NamedTensorMap {
  if (!given.expects('probs')) return {};
  const values = given.has('bias') ? given.input('bias') : undefined;
  return { probs: attentionWeights(swapped(given.input('q')), swapped(given.input('k')), withBias(options, values)) };
}

/** [batch, heads, length, size] <-> [batch, length, heads, size]. */
function swapped(x: Tensor): Tensor4D {
  return transpose(x, [0, 2, 1, 3]) as Tensor4D;
}
