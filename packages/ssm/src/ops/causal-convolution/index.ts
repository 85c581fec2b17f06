import { defineOp, expectTensor, SequiturError, scoped, showShape, silu } from '@sequitur/core';
import { add, concat, slice, type Tensor, type Tensor2D, type Tensor3D, zeros } from '@tensorflow/tfjs-core';
import { onWebGpu } from '../on-webgpu.js';
import { convolutionCpu } from './cpu.js';
import { convolutionGradient } from './gradient.js';
import { packedConvolution } from './packed.js';
import { type ConvolutionAttributes, causalConvolutionReference } from './reference.js';
import { convolutionWasm } from './wasm.js';

/** {x, weight, bias} -> [y]. */
const convolutionOp = defineOp<ConvolutionAttributes>({
  name: 'SequiturCausalConvolution',
  reference: ({ x, weight, bias }, { activation }) => [causalConvolutionReference(x!, weight!, bias!, activation)],
  gradient: {
    inputsToSave: ['x', 'weight', 'bias'],
    of: ([dy], [x, weight, bias], attributes) => {
      const given = { x: x!, weight: weight!, bias: bias!, dy: dy! };
      const [dx, dWeight, dBias] = convolutionGradient(given, attributes);
      return { x: () => dx!, weight: () => dWeight!, bias: () => dBias! };
    },
  },
  kernels: {
    cpu: convolutionCpu,
    wasm: convolutionWasm,
    webgpu: onWebGpu(({ convolutionWebGpu }) => convolutionWebGpu),
  },
});

export interface CausalConvolution {
  /** float32 [batch, length, channels]. */
  readonly x: Tensor3D;
  /** float32 [kernel, channels]; the last row multiplies the current position, the first row the oldest. */
  readonly weight: Tensor2D;
  /** float32 [channels]; default 0. */
  readonly bias?: Tensor | undefined;
  /** float32 [batch, kernel - 1, channels]: the positions before x. Default 0. */
  readonly state?: Tensor3D | undefined;
  /**
   * float32 [batch, length], 1 at the first position of each packed sequence, which starts from an empty state, else 0.
   */
  readonly resets?: Tensor2D | undefined;
}

/**
 * Causal depthwise convolution with an activation in the same pass (the short convolution of Gu and Dao 2023, figure
 * 3).
 *
 * @returns y [batch, length, channels] and the state for the next call, [batch, kernel - 1, channels]; the caller
 *   disposes both
 * @throws SequiturError when a shape or dtype does not match
 */
export function causalConvolution(
  convolution: CausalConvolution,
  activation: 'silu' | 'none' = 'silu',
): { y: Tensor3D; state: Tensor3D } {
  check(convolution);
  const { x, weight, resets } = convolution;
  const [batch, length, channels] = x.shape;
  const kernel = weight.shape[0];
  return scoped(() => {
    const bias = convolution.bias ?? zeros([channels]);
    const before = convolution.state ?? (zeros([batch, kernel - 1, channels]) as Tensor3D);
    const whole = concat([before, x], 1);
    if (resets) {
      const { sums, state } = packedConvolution(whole, weight, resets);
      const y = add(sums, bias) as Tensor3D;
      return { y: activation === 'silu' ? silu(y) : y, state };
    }
    const [y] = convolutionOp({ x: whole, weight, bias }, { activation });
    return { y: y as Tensor3D, state: slice(whole, [0, length, 0], [batch, kernel - 1, channels]) };
  });
}

function check({ x, weight, bias, state, resets }: CausalConvolution): void {
  if (x.rank !== 3 || weight.rank !== 2) {
    throw new SequiturError({
      where: 'causalConvolution',
      expected: 'x [batch, length, channels] and weight [kernel, channels]',
      got: `${showShape(x.shape)} and ${showShape(weight.shape)}`,
    });
  }
  const [batch, length, channels] = x.shape;
  const kernel = weight.shape[0];
  expectTensor('causalConvolution, x', x);
  expectTensor('causalConvolution, weight', weight, { shape: [kernel, channels] });
  if (bias) expectTensor('causalConvolution, bias', bias, { shape: [channels] });
  if (state) expectTensor('causalConvolution, state', state, { shape: [batch, kernel - 1, channels] });
  if (resets) expectTensor('causalConvolution, resets', resets, { shape: [batch, length] });
}
