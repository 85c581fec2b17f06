export interface AdamWOptions {
  /** η, the learning rate. */
  readonly learningRate: number;
  /** β₁ in [0, 1): decay rate of the first moment. */
  readonly beta1: number;
  /** β₂ in [0, 1): decay rate of the second moment. */
  readonly beta2: number;
  /** ε: added to the root mean square gradient. */
  readonly epsilon: number;
  /** λ, the decoupled weight decay, times the learning rate. */
  readonly weightDecay: number;
  /** t, the step, from 1. */
  readonly step: number;
}

/** Coefficients of a step, computed once in double precision. */
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
