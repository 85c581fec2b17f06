export interface AdamWOptions {
  /** η: the length of a step. */
  readonly learningRate: number;
  /** β₁ in [0, 1): how slowly the mean gradient forgets. */
  readonly beta1: number;
  /** β₂ in [0, 1): how slowly the mean square gradient forgets. */
  readonly beta2: number;
  /** ε: added to the root mean square gradient. */
  readonly epsilon: number;
  /** λ: how fast parameters shrink, times the learning rate; apart from the gradient (decoupled). */
  readonly weightDecay: number;
  /** t: which step this is, from 1. */
  readonly step: number;
}

/** What a step needs of its options, computed once in double precision. */
export interface AdamWCoefficients {
  readonly beta2: number;
  /** 1 - β₁ and 1 - β₂, rounded once: in float32 the difference would lose digits. */
  readonly rest1: number;
  readonly rest2: number;
  readonly epsilon: number;
  /** 1 - η λ */
  readonly decay: number;
  /** η / (1 - β₁ᵗ) */
  readonly stepSize: number;
  /** 1 / sqrt(1 - β₂ᵗ) */
  readonly inverseRootCorrection2: number;
}

export function adamWCoefficients(options: AdamWOptions): AdamWCoefficients {
  const { learningRate, beta1, beta2, epsilon, weightDecay, step } = options;
  return {
    beta2,
    rest1: 1 - beta1,
    rest2: 1 - beta2,
    epsilon,
    decay: 1 - learningRate * weightDecay,
    stepSize: learningRate / (1 - beta1 ** step),
    inverseRootCorrection2: 1 / Math.sqrt(1 - beta2 ** step),
  };
}
