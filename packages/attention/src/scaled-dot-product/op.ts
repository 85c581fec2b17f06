import { defineOp, firstPositions, type NativeKernel, type OpDefinition, type OpInputs } from '@sequitur/core';
import {
  cast,
  matMul,
  mul,
  pad,
  reshape,
  sub,
  sum,
  type Tensor,
  type Tensor4D,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import { attentionKernels } from '../wasm-kernels.js';
import type { SettledOptions } from './options.js';
import { attentionReference, attentionWeights, byHead, visibleKeys } from './reference.js';

/** What the fused kernels know; the rest (bias, window, dropout) goes through the reference. */
export interface AttentionAttributes {
  readonly scale: number;
  readonly keyLength: number;
  readonly offset: number;
  readonly causal: boolean;
}

/** {query, key, value, visible?} -> [output, normalisers]; the second is for the backward alone, and empty where the reference ran. */
export const attentionOp = define('SequiturAttention', ['query', 'key', 'value']);
export const maskedAttentionOp = define('SequiturMaskedAttention', ['query', 'key', 'value', 'visible']);

function define(name: string, inputs: readonly string[]) {
  const definition: OpDefinition<AttentionAttributes> = {
    name,
    reference: (given, attributes) => {
      const { query, key, value } = heads(given);
      return [attentionReference(query, key, value, settled(given, attributes)), zeros([0])];
    },
    gradient: {
      inputsToSave: inputs,
      outputsToSave: [true, true],
      of: ([dy], saved, attributes) => {
        const [output, normalisers] = saved.slice(-2) as [Tensor, Tensor];
        const given = Object.fromEntries(inputs.map((input, index) => [input, saved[index]!]));
        const [dquery, dkey, dvalue] = attentionGradient({ ...given, output, normalisers, dy: dy! }, attributes);
        return { query: () => dquery!, key: () => dkey!, value: () => dvalue! };
      },
    },
    kernels: { wasm: forwardWasm },
  };
  return defineOp(definition);
}

/** {query, key, value, visible?, output, normalisers, dy} -> [dquery, dkey, dvalue]. */
const attentionGradient = defineOp<AttentionAttributes>({
  name: 'SequiturAttentionGradient',
  reference: gradientReference,
  kernels: { wasm: (call) => backwardWasm(call) },
});

/**
 * With weights P = softmax(S) and dP = dO Vᵀ: dV = Pᵀ dO, dS = P ⊙ (dP - Σ P ⊙ dP), dQ = scale dS K, dK = scale dSᵀ Q;
 * what heads share a key sums up there.
 */
function gradientReference(given: OpInputs, attributes: AttentionAttributes): Tensor[] {
  const { query, key, value } = heads(given);
  const options = settled(given, attributes);
  const weights = attentionWeights(query, key, options);
  const q = transpose(query, [0, 2, 1, 3]);
  const dOutput = transpose(given.dy!, [0, 2, 1, 3]);
  const within = (x: Tensor4D) => byHead(firstPositions(x, options.keyLength), query.shape[2]);
  const dWeights = matMul(dOutput, within(value), false, true);
  const slopes = mul(mul(weights, sub(dWeights, sum(mul(weights, dWeights), -1, true))), options.scale);
  // The scores of padding are constants: a query that sees nothing else has weights, but no slope.
  const dScores = given.visible ? mul(slopes, cast(visibleKeys(given.visible), 'float32')) : slopes;
  const dQuery = transpose(matMul(dScores, within(key)), [0, 2, 1, 3]);
  const dKey = toKeyHeads(matMul(dScores, q, true, false), key);
  const dValue = toKeyHeads(matMul(weights, dOutput, true, false), value);
  return [dQuery, dKey, dValue];
}

/** [batch, heads, keyLength, size] -> the shape of `like`, [batch, capacity, keyHeads, size], summed over shared heads. */
function toKeyHeads(x: Tensor, like: Tensor4D): Tensor {
  const [batch, heads, keyLength, size] = x.shape as [number, number, number, number];
  const [, capacity, keyHeads] = like.shape;
  const summed = sum(reshape(x, [batch * keyHeads, heads / keyHeads, keyLength * size]), 1);
  const placed = transpose(reshape(summed, [batch, keyHeads, keyLength, size]), [0, 2, 1, 3]);
  return capacity === keyLength
    ? placed
    : pad(placed, [
        [0, 0],
        [0, capacity - keyLength],
        [0, 0],
        [0, 0],
      ]);
}

function heads({ query, key, value }: OpInputs) {
  return { query: query as Tensor4D, key: key as Tensor4D, value: value as Tensor4D };
}

function settled({ visible }: OpInputs, attributes: AttentionAttributes): SettledOptions {
  return { ...attributes, visible };
}

function forwardWasm({ inputs, attributes, backend }: Parameters<NativeKernel<AttentionAttributes>>[0]) {
  const wasm = attentionKernels(backend);
  const { query, key, value } = heads(inputs);
  if (!wasm || value.shape[3] !== query.shape[3]) return null;
  const [batch, queries, headCount, headSize] = query.shape;
  const [, capacity, keyHeads] = key.shape;
  const { keyLength, offset, causal, scale } = attributes;
  const [output, normalisers] = [wasm.output(query.shape), wasm.output([batch, headCount, queries])];
  wasm.withScratch(wasm.kernels.attentionScratchBytes(keyLength), (scratch) =>
    wasm.kernels.attentionForward(
      ...([batch, queries, headCount, headSize, keyLength, capacity, keyHeads] as const),
      ...([wasm.offset(query), wasm.offset(key), wasm.offset(value), wasm.offsetOr0(inputs.visible)] as const),
      ...([offset, causal, scale, wasm.offset(output), wasm.offset(normalisers), scratch, wasm.panels] as const),
    ),
  );
  return [output, normalisers];
}

function backwardWasm({ inputs, attributes, backend }: Parameters<NativeKernel<AttentionAttributes>>[0]) {
  const wasm = attentionKernels(backend);
  const { query, key, value } = heads(inputs);
  const { output, normalisers, dy } = inputs;
  if (!wasm || !normalisers!.size) return null;
  const [batch, queries, headCount, headSize] = query.shape;
  const [, capacity, keyHeads] = key.shape;
  const { keyLength, offset, causal, scale } = attributes;
  const [dquery, dkey, dvalue] = [wasm.output(query.shape), wasm.output(key.shape), wasm.output(value.shape)];
  wasm.withScratch(wasm.kernels.attentionScratchBytes(keyLength), (scratch) =>
    wasm.kernels.attentionBackward(
      ...([batch, queries, headCount, headSize, keyLength, capacity, keyHeads] as const),
      ...([wasm.offset(query), wasm.offset(key), wasm.offset(value), wasm.offsetOr0(inputs.visible)] as const),
      ...([offset, causal, scale, wasm.offset(output!), wasm.offset(normalisers!), wasm.offset(dy!)] as const),
      ...([wasm.offset(dquery), wasm.offset(dkey), wasm.offset(dvalue), scratch, wasm.panels] as const),
    ),
  );
  return [dquery, dkey, dvalue];
}
