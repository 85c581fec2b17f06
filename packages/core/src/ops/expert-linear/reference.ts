import {
  add,
  cast,
  equal,
  expandDims,
  matMul,
  mul,
  reshape,
  slice,
  stack,
  type Tensor,
  type Tensor2D,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';

export interface ExpertLinearAttributes {
  /** Rows are multiplied by the transposed matrices. */
  readonly transposed: boolean;
}

/** The product of each row with the matrix of its expert, as a sum over all experts of which one is not zero. */
export function expertLinearReference(x: Tensor, weight: Tensor, experts: Tensor, transposed: boolean): Tensor {
  const [count, inputs, outputs] = weight.shape as [number, number, number];
  return tidy(() => {
    let sum: Tensor = zeros([x.shape[0]!, transposed ? inputs : outputs]);
    for (let expert = 0; expert < count; expert++) {
      const matrix = reshape(slice(weight, expert, 1), [inputs, outputs]);
      sum = add(sum, matMul(rowsOf(x, experts, expert), matrix, false, transposed));
    }
    return sum;
  });
}

/** The gradient by the matrices: for each expert the sum of x ⊗ dy over its rows. */
export function expertOuterReference(x: Tensor, dy: Tensor, experts: Tensor, count: number): Tensor {
  return tidy(() => {
    const products = (expert: number) => matMul(rowsOf(x, experts, expert), dy as Tensor2D, true, false);
    return stack(Array.from({ length: count }, (_, expert) => products(expert)));
  });
}

/** The rows of one expert, the others as zeros. */
function rowsOf(x: Tensor, experts: Tensor, expert: number): Tensor2D {
  return mul(x, expandDims(cast(equal(experts, expert), 'float32'), 1)) as Tensor2D;
}
