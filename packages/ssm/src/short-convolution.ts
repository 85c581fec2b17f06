import { type ActivationFunction, activationByName, Module, Parameter, type PartCost, uniform } from '@sequitur/core';
import { type Tensor2D, type Tensor3D, zeros } from '@tensorflow/tfjs-core';
import { causalConvolution } from './ops/causal-convolution/index.js';

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

  /** x [batch, length, channels] after `state` [batch, kernelSize - 1, channels]. */
  apply(x: Tensor3D, state: Tensor3D, resets: Tensor2D | undefined): { y: Tensor3D; state: Tensor3D } {
    const convolution = { x, weight: this.weight.value as unknown as Tensor2D, bias: this.bias?.value, state, resets };
    const found = causalConvolution(convolution, this.#activation ? 'none' : 'silu');
    return this.#activation ? { ...found, y: this.#activation(found.y) } : found;
  }
}
