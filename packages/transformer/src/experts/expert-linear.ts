import { embed, expertLinear, type LinearOptions, Module, normal, Parameter, zeros } from '@sequitur/core';
import { add, type Tensor1D, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';

/** A linear layer for each expert: y = x W_e + b_e. */
export class ExpertLinear extends Module {
  readonly weight: Parameter; // [experts, inputs, outputs]
  readonly bias: Parameter | null; // [experts, outputs]

  constructor(
    experts: number,
    inputs: number,
    outputs: number,
    { bias = false, initializer = normal(0.02) }: LinearOptions = {},
  ) {
    super();
    this.weight = new Parameter([experts, inputs, outputs], initializer);
    this.bias = bias ? new Parameter([experts, outputs], zeros) : null;
  }

  /** x [rows, inputs] and the expert of each row, int32 [rows] -> [rows, outputs]. */
  apply(x: Tensor2D, experts: Tensor1D): Tensor2D {
    const product = () => expertLinear(x, this.weight.value as unknown as Tensor3D, experts);
    if (!this.bias) return product();
    return tidy(() => add(product(), embed(this.bias!.value as unknown as Tensor2D, experts)) as Tensor2D);
  }
}
