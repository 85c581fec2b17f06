import { expectTensor, scoped } from '@sequitur/core';
import { exp, expandDims, mul, neg, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { type DeltaRule, generalizedDeltaRule } from './index.js';

/** The inputs of the gated delta rule. */
export interface GatedDeltaRule extends Omit<DeltaRule, 'removal' | 'replacement'> {
  /** β, float32 [batch, length, heads]: the share of the value at a key that is replaced by the new one. */
  readonly learningRate: Tensor3D;
}

/**
 * The gated delta rule (Yang, Kautz and Hatamizadeh 2024, equation 10): the state decays, then the value at the key is
 * partly replaced by the new one,
 *
 *     S ← e^logDecay S        S ← S + k (β (v - Sᵀk))ᵀ        y = Sᵀ q
 *
 * With a decay for each row of the state it is Kimi delta attention (Kimi Team 2025, equation 1), without decay the
 * delta rule (Schlag et al. 2021).
 *
 * @param chunkLength positions per chunk; does not affect the result. Default 64.
 * @returns y and the last state, which the caller disposes
 * @throws SequiturError when a shape or dtype does not match
 */
export function gatedDeltaRule(rule: GatedDeltaRule, chunkLength?: number): { y: Tensor4D; state: Tensor4D } {
  const { learningRate, ...rest } = rule;
  const { key, value, logDecay } = rest;
  expectTensor('gatedDeltaRule, learningRate', learningRate, { shape: key.shape.slice(0, 3) });
  return scoped(() => {
    const rate = expandDims(learningRate, 3);
    const decay = exp(logDecay.rank === 3 ? expandDims(logDecay, 3) : logDecay);
    const removal = neg(mul(mul(key, decay), rate)) as Tensor4D;
    return generalizedDeltaRule({ ...rest, removal, value: mul(value, rate) as Tensor4D }, chunkLength);
  });
}
