import { Random, sizeOf } from '@sequitur/core';
import { causalConvolution, selectiveScan, stateSpaceDuality } from '@sequitur/ssm';
import * as tf from '@tensorflow/tfjs-core';

/** An op along the sequence, as a differentiable function of tensors. */
export interface ScanCase {
  readonly title: string;
  /** Unit of the speed, and the number of units that a run computes. */
  readonly unit: string;
  readonly amount: number;
  /** Floating point operations per unit, forward and with backward: the CPU's peak divided by it bounds the speed. */
  readonly operations: { readonly forward: number; readonly both: number };
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  compute(inputs: Readonly<Record<string, tf.Tensor>>): tf.Tensor;
}

/** Sequence length, `inner` channels and, for scans, `state` elements per channel. */
export interface ScanShape {
  readonly length: number;
  readonly inner: number;
  readonly state: number;
}

/**
 * Operations of a state update in vectors of four channels, without memory accesses: 25 forward, 19 of them for exp as
 * a polynomial of degree 6. The backward pass recomputes the state (24), then takes 14.
 */
const operations = { forward: 25, both: 25 + 24 + 14 };

export function selectiveScanCase({ length, inner, state }: ScanShape): ScanCase {
  const rates = Float32Array.from({ length: inner * state }, (_, index) => -1 - (index % state));
  return {
    title: `selective scan, inner ${inner}, state ${state}, ${length} tokens`,
    unit: 'M state updates/s',
    amount: (length * inner * state) / 1e6,
    operations: { forward: operations.forward * 1e6, both: operations.both * 1e6 },
    inputs: {
      x: draw('x', [1, length, inner]),
      stepSize: draw('step size', [1, length, inner]),
      stateMatrix: tf.tensor(rates, [inner, state]),
      inputMatrix: draw('B', [1, length, state]),
      outputMatrix: draw('C', [1, length, state]),
      skip: draw('D', [inner]),
      stepBias: draw('bias', [inner]),
    },
    compute: (inputs) => selectiveScan(inputs as unknown as Parameters<typeof selectiveScan>[0]).y,
  };
}

export function convolutionCase({ length, inner }: ScanShape): ScanCase {
  const kernel = 4;
  return {
    title: `causal convolution with silu, ${inner} channels, kernel ${kernel}, ${length} tokens`,
    unit: 'M outputs/s',
    amount: (length * inner) / 1e6,
    // Products, sums, and silu by a polynomial; the backward pass recomputes both and computes their derivatives.
    operations: { forward: (2 * kernel + 25) * 1e6, both: (2 * (2 * kernel + 25) + 4 * kernel + 8) * 1e6 },
    inputs: {
      x: draw('x', [1, length, inner]),
      weight: draw('weight', [kernel, inner]),
      bias: draw('bias', [inner]),
    },
    compute: ({ x, weight, bias }) => causalConvolution({ x: x as tf.Tensor3D, weight: weight as tf.Tensor2D, bias }).y,
  };
}

/** The sizes of Mamba-2 130M: 24 heads of 64, a state of 128. */
export function dualityCase({ length }: ScanShape): ScanCase {
  const [heads, headSize, state, chunk] = [24, 64, 128, 64];
  const inside = chunk * (state + headSize);
  const multiplyAdds = length * heads * (inside + 2 * headSize * state);
  return {
    title: `state-space duality, ${heads} heads of ${headSize}, state ${state}, ${length} tokens`,
    unit: 'M multiply-adds/s',
    amount: multiplyAdds / 1e6,
    operations: { forward: 2e6, both: 6e6 },
    inputs: {
      x: draw('x', [1, length, heads, headSize]),
      logDecay: draw('decay', [1, length, heads]),
      inputMatrix: draw('B', [1, length, 1, state]),
      outputMatrix: draw('C', [1, length, 1, state]),
    },
    compute: (inputs) => stateSpaceDuality(inputs as unknown as Parameters<typeof stateSpaceDuality>[0], chunk).y,
  };
}

/** Values in [-1, 0), so that decays are below 1. */
function draw(name: string, shape: number[]): tf.Tensor {
  const random = Random.fromSeed(`scan ${name}`);
  return tf.tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => random.uniform() - 1),
    shape,
  );
}
