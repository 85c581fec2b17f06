import { add, matMul, reshape, type Tensor, tidy } from '@tensorflow/tfjs-core';

/** x W + b for each row, flattened to rank 2: the gradient of tfjs's product of other ranks throws. */
export function linearReference(x: Tensor, weight: Tensor, bias: Tensor | undefined): Tensor {
  return tidy(() => {
    const [inputs, outputs] = weight.shape as [number, number];
    const rows = matMul(reshape(x, [-1, inputs]), weight); // [rows, outputs]
    return reshape(bias ? add(rows, bias) : rows, [...x.shape.slice(0, -1), outputs]);
  });
}
