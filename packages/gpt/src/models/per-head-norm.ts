import { layerNorm, Module, type Norm, ones, Parameter } from '@sequitur/core';
import { mul, stack, type Tensor, ones as tensorOfOnes, tidy } from '@tensorflow/tfjs-core';

/** The weight of one head. */
class HeadWeight extends Module {
  readonly weight: Parameter; // [headSize]

  constructor(headSize: number) {
    super();
    this.weight = new Parameter([headSize], ones);
  }
}

/** Layer normalisation over the dimensions of each head, with a weight for every head and no bias (Command R+, StableLM). */
export class PerHeadNorm extends Module implements Norm {
  readonly heads: readonly HeadWeight[];
  readonly headSize: number;
  readonly epsilon: number;

  constructor(heads: number, headSize: number, epsilon: number) {
    super();
    this.heads = Array.from({ length: heads }, () => new HeadWeight(headSize));
    this.headSize = headSize;
    this.epsilon = epsilon;
  }

  /** Normalizes x of shape [..., heads, headSize]. */
  apply<T extends Tensor>(x: T): T {
    return tidy(() => {
      const normal = layerNorm(x, tensorOfOnes([this.headSize]), null, this.epsilon);
      return mul(normal, stack(this.heads.map(({ weight }) => weight.value))) as T;
    });
  }
}
