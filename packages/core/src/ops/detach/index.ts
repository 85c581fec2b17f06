import { clone, customGrad, type Tensor, zerosLike } from '@tensorflow/tfjs-core';

/** x as a constant: no gradient goes back through it. The caller disposes the result. */
export function detach<T extends Tensor>(x: T): T {
  const constant = customGrad((value) => ({
    value: clone(value as Tensor),
    gradFunc: (dy: Tensor) => zerosLike(dy),
  }));
  return constant(x) as T;
}
