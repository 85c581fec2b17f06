import { clone, customGrad, type Tensor, zerosLike } from '@tensorflow/tfjs-core';

/** Detaches x: the result is constant under gradients. The caller disposes it. */
export function detach<T extends Tensor>(x: T): T {
  const constant = customGrad((value) => ({
    value: clone(value as Tensor),
    gradFunc: (dy: Tensor) => zerosLike(dy),
  }));
  return constant(x) as T;
}
