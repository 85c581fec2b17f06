import type { MixContext } from '@sequitur/core';
import { mul, type Tensor, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { deltaRuleCost } from '../ops/delta-rule/cost.js';
import { gatedDeltaRule } from '../ops/delta-rule/gated.js';
import { type HeadVectors, MatrixStateMixer, type MatrixStates, unitVectors } from './mixer.js';

/** The learning rate and the decay of each head at each position. */
export interface DeltaStep {
  readonly learningRate: Tensor3D; // [batch, length, heads]
  /** [batch, length, heads], or with a decay for each row of the state [batch, length, heads, keySize]; 0 at padding. */
  readonly logDecay: Tensor;
}

/** The base class of mixers that apply the gated delta rule to queries and keys of length 1. */
export abstract class DeltaMixer extends MatrixStateMixer {
  /** The learning rates and decays for the inputs. */
  protected abstract stepOf(vectors: HeadVectors): DeltaStep;

  protected stateShapes() {
    const { heads, keySize, valueSize } = this.sizes;
    return { matrix: [heads, keySize, valueSize] };
  }

  protected recurrenceCost(length: number) {
    return deltaRuleCost(length, this.sizes, 'delta');
  }

  protected recur(vectors: HeadVectors, { matrix }: MatrixStates, context: MixContext) {
    const { query, key, value, resets } = vectors;
    const { learningRate, logDecay } = this.stepOf(vectors);
    context.observe?.('learningRates', learningRate);
    context.observe?.('logDecays', logDecay);
    const found = gatedDeltaRule({
      query: mul(unitVectors(query), this.sizes.keySize ** -0.5) as Tensor4D,
      key: unitVectors(key),
      ...{ value, logDecay: logDecay as Tensor3D | Tensor4D, learningRate, resets, initialState: matrix as Tensor4D },
    });
    return { y: found.y, state: { matrix: found.state } };
  }
}
