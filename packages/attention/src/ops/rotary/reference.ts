import { add, concat, mul, neg, reshape, slice, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';

export interface RotateAttributes {
  readonly interleaved: boolean;
  /** Rotates by the negative angle: the derivative, and the inverse where the amplitude is 1. */
  readonly backwards: boolean;
}

/** Rotary position embedding (Su et al. 2021, equation 34): each pair (a, b) becomes (a cos - b sin, b cos + a sin). */
export function rotateReference(x: Tensor, cosines: Tensor, sines: Tensor, attributes: RotateAttributes): Tensor {
  return tidy(() => {
    const [batch, length, heads, size] = x.shape as [number, number, number, number];
    const [rows, pairs] = cosines.shape as [number, number];
    const table = [rows / length, length, 1, pairs]; // one for all rows of the batch, or one for each
    const cosine = reshape(cosines, table);
    const sine = reshape(attributes.backwards ? neg(sines) : sines, table);
    const turning = slice(x, [0, 0, 0, 0], [batch, length, heads, 2 * pairs]);
    const [a, b] = attributes.interleaved ? neighbours(turning) : halves(turning);
    const first = sub(mul(a, cosine), mul(b, sine));
    const second = add(mul(b, cosine), mul(a, sine));
    const turned = attributes.interleaved ? interleave(first, second) : concat([first, second], 3);
    if (2 * pairs === size) return turned;
    return concat([turned, slice(x, [0, 0, 0, 2 * pairs], [batch, length, heads, size - 2 * pairs])], 3);
  });
}

function halves(x: Tensor): [Tensor, Tensor] {
  const [batch, length, heads, size] = x.shape as [number, number, number, number];
  const half = [batch, length, heads, size / 2] as [number, number, number, number];
  return [slice(x, [0, 0, 0, 0], half), slice(x, [0, 0, 0, size / 2], half)];
}

/** The even and the odd dimensions of each head. Rank 4 throughout: some tfjs WebGPU kernels support no higher rank. */
function neighbours(x: Tensor): [Tensor, Tensor] {
  const [batch, length, heads, size] = x.shape as [number, number, number, number];
  const split = reshape(x, [batch * length * heads, size / 2, 2]);
  const take = (index: number) => reshape(slice(split, [0, 0, index], [-1, -1, 1]), [batch, length, heads, size / 2]);
  return [take(0), take(1)];
}

function interleave(first: Tensor, second: Tensor): Tensor {
  const [batch, length, heads, pairs] = first.shape as [number, number, number, number];
  const columns = [first, second].map((part) => reshape(part, [-1, pairs, 1]));
  return reshape(concat(columns, 2), [batch, length, heads, 2 * pairs]);
}
