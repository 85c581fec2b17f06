import { matMul, type Tensor } from '@tensorflow/tfjs-core';

/** x Eᵀ for x [n, width] and the table E [rows, width]. */
export function unembedReference(x: Tensor, table: Tensor): Tensor {
  return matMul(x, table, false, true);
}
