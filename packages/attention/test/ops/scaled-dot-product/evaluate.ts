import { Random } from '@sequitur/core';
import { add, grads, maximum, mul, sum, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { type AttentionOptions, attentionWithLogSumExp } from '../../../src/index.js';
import { type Call, draw } from './random-attention.js';

type Function = (inputs: readonly Tensor4D[], options: AttentionOptions) => [Tensor, Tensor];

export const ours: Function = ([query, key, value], options) => {
  const { output, logSumExp } = attentionWithLogSumExp(query!, key!, value!, options);
  return [output, logSumExp];
};

/** Output, finite logarithms, and the gradient of a weighted sum of both by every tensor of the call. */
export function evaluate(f: Function, { tensors, options }: Call): Tensor[] {
  return tidy(() => {
    const random = Random.fromSeed('cotangents');
    const [output, logSumExp] = f(tensors as Tensor4D[], options(tensors));
    const [first, second] = [draw(output.shape, random), draw(logSumExp.shape, random)];
    const weighted = (...inputs: Tensor[]) => {
      const [y, logs] = f(inputs as Tensor4D[], options(inputs));
      const finite = maximum(logs, -1000);
      return add(sum(mul(y, first)), sum(mul(finite, second))) as never;
    };
    return [output, logSumExp, ...grads(weighted)([...tensors])];
  });
}
