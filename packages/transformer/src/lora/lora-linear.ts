import { dropout, Linear, normal, type Parameter, type Random, zeros } from '@sequitur/core';
import { add, matMul, mul, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';

/**
 * A Linear layer with a low-rank adapter (Hu et al. 2021, section 4.1): y = x W + b + s x A B. It shares W and b with
 * the wrapped Linear. B starts at zero, so that training starts from the original model.
 */
export class LoraLinear extends Linear {
  override readonly weight: Parameter; // [inputs, outputs], of the wrapped Linear
  override readonly bias: Parameter | null; // [outputs], of the wrapped Linear
  readonly down: Linear; // A, [inputs, rank]
  readonly up: Linear; // B, [rank, outputs]
  readonly scale: number;
  /** Dropout rate of the adapter's input, applied while `random` is set. */
  readonly dropout: number;
  /** The random generator of dropout; absent outside of training. */
  random: Random | undefined;

  /** @param down shared between the Linear layers that a checkpoint stores as one */
  constructor(
    wrapped: Linear,
    rank: number,
    {
      scale,
      dropout: share = 0,
      down,
    }: { readonly scale: number; readonly dropout?: number; readonly down?: Linear | undefined },
  ) {
    const [inputs, outputs] = wrapped.weight.shape as [number, number];
    super(inputs, outputs, { bias: false });
    this.weight = wrapped.weight;
    this.bias = wrapped.bias;
    this.down =
      down ?? new Linear(inputs, rank, { bias: false, quantizable: false, initializer: normal(1 / Math.sqrt(inputs)) });
    this.up = new Linear(rank, outputs, { bias: false, quantizable: false, initializer: zeros });
    this.scale = scale;
    this.dropout = share;
  }

  override apply<T extends Tensor>(x: T): T {
    return tidy(() => add(super.apply(x), mul(this.up.apply(this.down.apply(this.#dropped(x))), this.scale)) as T);
  }

  #dropped<T extends Tensor>(x: T): T {
    return dropout(x, this.dropout, this.random);
  }

  /** s A B, [inputs, outputs], which the caller disposes. */
  correction(): Tensor2D {
    const product = () =>
      matMul(this.down.weight.value as unknown as Tensor2D, this.up.weight.value as unknown as Tensor2D);
    return tidy(() => mul(product(), this.scale) as Tensor2D);
  }
}
