import { mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { silu } from '../activation/index.js';
import { defineOp } from '../define-op.js';
import { expectNumber, expectTensor, widthOf } from '../expect-tensor.js';
import { onWebGpu } from '../on-webgpu.js';
import { rmsNormCpu } from './cpu.js';
import { rmsNormGradient } from './gradient.js';
import { type RmsNormAttributes, rmsNormReference } from './reference.js';
import { rmsNormWasm } from './wasm.js';

/** {x, weight} -> [y]. */
const rmsNormOp = defineOp<RmsNormAttributes>({
  name: 'SequiturRmsNorm',
  reference: ({ x, weight }, { epsilon, groupSize, weightOffset }) => [
    rmsNormReference(x!, weight!, epsilon, groupSize, weightOffset),
  ],
  gradient: {
    inputsToSave: ['x', 'weight'],
    of: ([dy], [x, weight], attributes) => {
      const [dx, dweight] = rmsNormGradient({ x: x!, weight: weight!, dy: dy! }, attributes);
      return { x: () => dx!, weight: () => dweight! };
    },
  },
  kernels: { cpu: rmsNormCpu, wasm: rmsNormWasm, webgpu: onWebGpu(({ rmsNormWebGpu }) => rmsNormWebGpu) },
});

export interface RmsNormOptions {
  /** float32, the shape of x: the output is multiplied by silu(gate), as in Mamba-2. */
  readonly gate?: Tensor | null;
  /** Whether the gate acts after the norm (true) or before it (false, the default, as Mamba-2 is trained). */
  readonly normBeforeGate?: boolean;
  /** Size of the groups with separate root mean squares; must divide the width. Default: the whole width. */
  readonly groupSize?: number | null;
  /** Added to the weight: 1 in Gemma, whose checkpoints store weight - 1. Default 0. */
  readonly weightOffset?: number;
}

/**
 * Root mean square normalisation over the last axis (Zhang and Sennrich 2019, equation 4): no mean, no bias.
 *
 * @param x float32 [..., width]
 * @param weight float32 [width]
 * @param epsilon added to the mean square
 * @returns float32 [..., width], which the caller disposes
 * @throws SequiturError when a shape or dtype does not match
 */
export function rmsNorm<T extends Tensor>(x: T, weight: Tensor, epsilon: number, options: RmsNormOptions = {}): T {
  const { gate, normBeforeGate = false, weightOffset = 0 } = options;
  const width = widthOf('rmsNorm, x', x);
  const groupSize = options.groupSize ?? width;
  expectTensor('rmsNorm, x', x);
  expectTensor('rmsNorm, weight', weight, { shape: [width] });
  expectNumber('rmsNorm, epsilon', epsilon, 'a number of at least 0', (value) => value >= 0);
  expectNumber(
    'rmsNorm, groupSize',
    groupSize,
    `a divisor of the width ${width}`,
    (size) => Number.isInteger(size) && size > 0 && width % size === 0,
  );
  const normalise = (input: Tensor) => rmsNormOp({ x: input, weight }, { epsilon, groupSize, weightOffset })[0]!;
  if (!gate) return normalise(x) as T;
  expectTensor('rmsNorm, gate', gate, { shape: x.shape });
  return tidy(() => (normBeforeGate ? mul(normalise(x), silu(gate)) : normalise(mul(x, silu(gate))))) as T;
}
