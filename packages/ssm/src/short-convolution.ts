import {
  type ActivationFunction,
  activationByName,
  type MixContext,
  Module,
  Parameter,
  type PartCost,
  uniform,
} from '@sequitur/core';
import { cast, expandDims, mul, type Tensor2D, type Tensor3D, zeros } from '@tensorflow/tfjs-core';
import { causalConvolution } from './ops/causal-convolution/index.js';
import { paddedConvolution } from './padded-convolution.js';

export interface ShortConvolutionOptions {
  readonly channels: number;
  /** Kernel size in positions, the current one included. */
  readonly kernelSize: number;
  readonly bias: boolean;
  /** The activation by its Hugging Face name; `silu` is computed in the same pass. */
  readonly activation: string;
}

/** The short causal convolution of a state-space mixer, with its activation. Initialised like PyTorch's Conv1d. */
export class ShortConvolution extends Module {
  readonly weight: Parameter; // [kernelSize, channels]
  readonly bias: Parameter | null; // [channels]
  readonly #activation: ActivationFunction | null;

  constructor({ channels, kernelSize, bias, activation }: ShortConvolutionOptions) {
    super();
    const initializer = uniform(1 / Math.sqrt(kernelSize));
    this.weight = new Parameter([kernelSize, channels], initializer);
    this.bias = bias ? new Parameter([channels], initializer) : null;
    this.#activation = activation === 'silu' || activation === 'swish' ? null : activationByName(activation);
  }

  initState(batchSize: number): Tensor3D {
    const [kernelSize, channels] = this.weight.shape as [number, number];
    return zeros([batchSize, kernelSize - 1, channels]);
  }

  /** Cost of one sequence; the backward pass recomputes the sums where the activation needs them. */
  cost(length: number): PartCost {
    const [kernelSize, channels] = this.weight.shape as [number, number];
    const flops = 2 * length * kernelSize * channels;
    return {
      flops,
      gradientFlops: (this.#activation ? 2 : 3) * flops,
      stateBytes: 4 * (kernelSize - 1) * channels,
    };
  }

  /**
   * x [batch, length, channels] after `state` [batch, kernelSize - 1, channels].
   *
   * @param masks padding is skipped, and y is 0 there; packed sequences are separated
   * @returns y of the shape of x and the next state, both of which the caller disposes
   */
  apply(
    x: Tensor3D,
    state: Tensor3D,
    { attentionMask, resets }: Pick<MixContext, 'attentionMask' | 'resets'> = {},
  ): { y: Tensor3D; state: Tensor3D } {
    const convolution = {
      ...{ x, weight: this.weight.value as unknown as Tensor2D, bias: this.bias?.value, state },
      resets: resets && (cast(resets, 'float32') as Tensor2D),
    };
    const fused = this.#activation ? 'none' : 'silu';
    const activation = this.#activation ?? ((y: Tensor3D) => y);
    if (!attentionMask) {
      const found = causalConvolution(convolution, fused);
      return { ...found, y: activation(found.y) };
    }
    const found = paddedConvolution(convolution, fused, attentionMask);
    // An activation need not be 0 at 0, but y must be 0 at padding.
    const y = this.#activation ? mul(activation(found.y), expandDims(cast(attentionMask, 'float32'), 2)) : found.y;
    return { ...found, y: y as Tensor3D };
  }
}
