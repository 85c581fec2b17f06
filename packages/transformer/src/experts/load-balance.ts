import type { RouterBalance } from '@sequitur/core';
import {
  cast,
  concat,
  div,
  expandDims,
  mul,
  oneHot,
  reshape,
  type Scalar,
  softmax,
  sum,
  type Tensor,
  type Tensor2D,
  tensor1d,
  tidy,
  tile,
  topk,
} from '@tensorflow/tfjs-core';
import { constantOf } from './router.js';

export interface LoadBalanceOptions {
  readonly experts: number;
  readonly activeExperts: number;
  /** Weight of the loss in training; 0 disables it. */
  readonly coefficient: number;
}

/**
 * The load-balancing loss (Fedus et al. 2022, equation 4) over the tokens of all layers together: the number of experts
 * times Σ_e f_e P_e, where f_e is the share of tokens that chose expert e and P_e its mean probability.
 */
export class LoadBalance implements RouterBalance {
  readonly experts: number;
  readonly activeExperts: number;
  readonly coefficient: number;

  constructor({ experts, activeExperts, coefficient }: LoadBalanceOptions) {
    this.experts = experts;
    this.activeExperts = activeExperts;
    this.coefficient = coefficient;
  }

  loss(logits: readonly Tensor2D[], attentionMask?: Tensor2D): Scalar {
    return tidy(() => {
      const probabilities = softmax(concat([...logits], 0)); // [layers * tokens, experts]
      const chosen = constantOf((values) => this.#chosen(values), probabilities);
      const counted = this.#counted(probabilities, logits.length, attentionMask);
      const total = sum(counted);
      const mean = (values: Tensor) => div(sum(mul(values, counted), 0), total); // [experts]
      return mul(sum(mul(mean(chosen), mean(probabilities))), this.experts);
    });
  }

  /** [layers * tokens, experts], 1 where a token chose an expert. */
  #chosen(probabilities: Tensor): Tensor {
    const { indices } = topk(probabilities, this.activeExperts); // no gradient: a choice
    return sum(cast(oneHot(indices as Tensor2D, this.experts), 'float32'), 1);
  }

  /** [layers * tokens, 1]: 1 at real tokens, 0 at padding. */
  #counted({ shape: [rows] }: Tensor2D, layers: number, attentionMask: Tensor2D | undefined): Tensor {
    if (!attentionMask) return expandDims(tensor1d(new Float32Array(rows).fill(1)), 1);
    const real = reshape(cast(attentionMask, 'float32'), [-1, 1]);
    return tile(real, [layers, 1]);
  }
}
