import { add, concat, cos, mul, reshape, sin, split, stack, sub, type Tensor, zeros } from '@tensorflow/tfjs-core';

/**
 * Rotates neighbouring elements 2 i and 2 i + 1 of vectors by angle i; the others are unchanged. The complex decays of
 * a state become a positional encoding of its keys and queries (Lahoti et al. 2026, section 3.2).
 *
 * @param x [..., size]
 * @param angles [..., angles], at most size / 2
 */
export function rotateByAngles(x: Tensor, angles: Tensor): Tensor {
  const [size, given] = [x.shape.at(-1)!, angles.shape.at(-1)!];
  const [rows, pairs] = [x.size / size, size / 2];
  const some = reshape(angles, [rows, given]);
  const all = given === pairs ? some : concat([some, zeros([rows, pairs - given])], 1);
  const [first, second] = split(reshape(x, [rows, pairs, 2]), 2, 2).map((part) => reshape(part, [rows, pairs]));
  const [c, s] = [cos(all), sin(all)];
  const turned = [sub(mul(first!, c), mul(second!, s)), add(mul(first!, s), mul(second!, c))];
  return reshape(stack(turned, 2), x.shape);
}
