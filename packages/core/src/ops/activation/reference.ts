import {
  add,
  cast,
  erf,
  exp,
  greater,
  lessEqual,
  mul,
  sigmoid,
  square,
  sub,
  type Tensor,
  tanh,
  tidy,
  where,
} from '@tensorflow/tfjs-core';

/** The activations with kernels, by their index in the wasm kernels. */
export const KINDS = { gelu: 0, geluTanh: 1, silu: 2, relu: 3 } as const;

export interface ActivationAttributes {
  readonly kind: keyof typeof KINDS;
}

/** sqrt(2 / π) */
export const SLOPE = Math.sqrt(2 / Math.PI);

/** Hendrycks and Gimpel 2016, section 2: x Φ(x), with Φ the normal distribution function. */
function gelu(x: Tensor): Tensor {
  return tidy(() => mul(x, normalDistribution(x)));
}

/** Φ(x), the distribution function of the normal distribution. */
function normalDistribution(x: Tensor): Tensor {
  return tidy(() => mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5));
}

/** Hendrycks and Gimpel 2016, section 2: 0.5 x (1 + tanh(sqrt(2/π) (x + 0.044715 x³))). */
function geluTanh(x: Tensor): Tensor {
  return tidy(() => {
    const inner = mul(mul(x, SLOPE), add(mul(square(x), 0.044715), 1));
    return mul(mul(x, 0.5), add(tanh(inner), 1));
  });
}

/** Hendrycks and Gimpel 2016, section 2 (SiLU); Ramachandran et al. 2017 (swish with β = 1): x σ(x). */
function silu(x: Tensor): Tensor {
  return tidy(() => mul(x, sigmoid(x)));
}

/** max(x, 0), and NaN for NaN, unlike tfjs's relu, whose WebAssembly kernel turns some NaNs into 0. */
function relu(x: Tensor): Tensor {
  return tidy(() => where(lessEqual(x, 0), 0, x));
}

const values = { gelu, geluTanh, silu, relu };

const slopes = {
  /** Φ(x) + x φ(x) with the normal density φ. */
  gelu: (x: Tensor) => add(normalDistribution(x), mul(mul(x, 1 / Math.sqrt(2 * Math.PI)), exp(mul(square(x), -0.5)))),
  /** s + x s (1 - s) z'(x), with s = σ(z) and z = 2 sqrt(2/π) (x + 0.044715 x³). */
  geluTanh: (x: Tensor) => {
    const share = sigmoid(mul(mul(x, 2 * SLOPE), add(mul(square(x), 0.044715), 1)));
    const inner = add(mul(square(x), 6 * SLOPE * 0.044715), 2 * SLOPE);
    return add(share, mul(mul(x, mul(share, sub(1, share))), inner));
  },
  /** s + x s (1 - s), with s = σ(x). */
  silu: (x: Tensor) => {
    const share = sigmoid(x);
    return add(share, mul(x, mul(share, sub(1, share))));
  },
  relu: (x: Tensor) => cast(greater(x, 0), 'float32'),
};

export function activationReference(x: Tensor, { kind }: ActivationAttributes): Tensor {
  return values[kind](x);
}

/** dy times the slope at x. */
export function activationGradientReference(x: Tensor, dy: Tensor, { kind }: ActivationAttributes): Tensor {
  return mul(dy, slopes[kind](x));
}
