import { add, mul, reshape, sub, type Tensor, unstack } from '@tensorflow/tfjs-core';

/** The columns [batch, 1] of a mask [batch, length]. */
export function columnsOf(mask: Tensor): Tensor[] {
  return unstack(reshape(mask, [...mask.shape, 1]), 1);
}

/** Blends two tensors: `now` where `share` is 1, `before` where it is 0. */
export function blend(share: Tensor, now: Tensor, before: Tensor): Tensor {
  return add(mul(share, now), mul(sub(1, share), before));
}

/** x y (1 - y): the gradient through a sigmoid with output y. */
export function throughSigmoid(x: Tensor, y: Tensor): Tensor {
  return mul(x, mul(y, sub(1, y)));
}

/** x (1 - y²): the gradient through a tanh with output y. */
export function throughTanh(x: Tensor, y: Tensor): Tensor {
  return mul(x, sub(1, mul(y, y)));
}
