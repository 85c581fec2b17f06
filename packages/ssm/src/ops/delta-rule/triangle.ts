import {
  add,
  customGrad,
  eye,
  matMul,
  mul,
  type Tensor,
  type Tensor3D,
  tensor,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';

/**
 * (I - A)⁻¹ of strictly lower triangular A [rows, size, size], as by forward substitution, in blocks: from the inverses T of
 * the diagonal blocks of some size follow those of twice that size, T + T A' T, where A' is what A has between pairs of
 * neighbouring blocks.
 */
export const inverseOfUnitTriangle = customGrad((given, save) => {
  const lower = given as Tensor3D;
  const value = tidy(() => {
    const size = lower.shape[1];
    let inverse: Tensor = add(zerosLike(lower), eye(size));
    for (let block = 1; block < size; block *= 2) {
      const between = mul(lower, betweenPairs(size, block));
      inverse = add(inverse, block === 1 ? between : matMul(matMul(inverse, between), inverse));
    }
    return inverse as Tensor3D;
  });
  (save as (tensors: Tensor[]) => void)([value]);
  const gradFunc = (dy: Tensor, [inverse]: Tensor[]) =>
    matMul(matMul(inverse!, dy, true, false), inverse!, false, true);
  return { value, gradFunc };
}) as (lower: Tensor) => Tensor3D;

/** [1, size, size]: 1 where the row is in the second and the column in the first block of a pair, else 0. */
function betweenPairs(size: number, block: number): Tensor {
  const mask = new Float32Array(size * size);
  for (let i = 0; i < size; i++) {
    const start = (Math.floor(i / block) - 1) * block;
    if (start >= 0 && (start / block) % 2 === 0) mask.fill(1, i * size + start, i * size + start + block);
  }
  return tensor(mask, [1, size, size]);
}
