import { scoped } from '@sequitur/core';
import {
  add,
  concat,
  expandDims,
  matMul,
  mul,
  neg,
  ones,
  pad,
  reshape,
  reverse,
  slice,
  stack,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  transpose,
  unstack,
  zeros,
} from '@tensorflow/tfjs-core';
import { type Complex, type DiagonalStateSpace, impulseResponse, powersOf, readOut, times } from './powers.js';

/** Positions computed as one product. */
const CHUNK = 64;

/**
 * A diagonal state space with fixed parameters, channel by channel (Gu et al. 2022, "On the parameterization and
 * initialization of diagonal state space models", equations 3 and 5): inside a chunk the convolution with the impulse
 * response, between chunks the state itself, whose powers both come from.
 *
 * @param x [batch, length, channels]
 * @param initial [batch, channels, N / 2, 2], real and imaginary parts
 * @param resets [batch, length], 1 where a sequence begins; with it every chunk is one step
 */
export function diagonalScan(
  x: Tensor3D,
  space: DiagonalStateSpace,
  initial: Tensor4D,
  resets?: Tensor2D,
): { y: Tensor3D; state: Tensor4D } {
  return scoped(() => {
    const [batch, length, channels] = x.shape;
    const chunk = resets ? 1 : Math.min(CHUNK, length);
    const chunks = Math.ceil(length / chunk);
    const byChannel = transpose(x, [2, 0, 1]); // [channels, batch, length]
    const filled = pad(byChannel, [
      [0, 0],
      [0, 0],
      [0, chunk * chunks - length],
    ]);
    const rows = reshape(filled, [channels, batch * chunks, chunk]);
    const powers = powersOf(space, chunk + 1);
    const inside = matMul(rows, toeplitz(impulseResponse(space, chunk)));
    const { before, last } = statesBetween(filled, { powers, chunk, chunks, length }, initial, resets);
    const handed = matMul(before, responseToState(readOut(space), powers));
    const whole = reshape(add(inside, handed), [channels, batch, chunk * chunks]);
    const y = transpose(slice(whole, [0, 0, 0], [channels, batch, length]), [1, 2, 0]) as Tensor3D;
    return { y, state: last };
  });
}

interface Chunks {
  readonly powers: Complex;
  readonly chunk: number;
  readonly chunks: number;
  readonly length: number;
}

/** The states before every chunk, [channels, batch x chunks, N], real parts first; and after the last position. */
function statesBetween(x: Tensor, { powers, chunk, chunks, length }: Chunks, initial: Tensor4D, resets?: Tensor2D) {
  const [channels, batch] = x.shape as [number, number];
  let state = toComplex(initial); // [channels, batch, N / 2]
  const before: Tensor[] = [];
  const keeps = resets && unstack(sub(1, resets), 1);
  for (let index = 0; index < chunks; index++) {
    if (keeps) state = forget(state, reshape(keeps[index]!, [1, batch, 1]));
    before.push(concat([state.real, state.imaginary], 2));
    // The last chunk may be shorter than the others: the state is that of its own end.
    const count = Math.min(chunk, length - index * chunk);
    const part = slice(x, [0, 0, index * chunk], [channels, batch, count]);
    state = advance(state, part, powers, count);
  }
  return { before: reshape(stack(before, 2), [channels, batch * chunks, -1]), last: fromComplex(state) };
}

/** s exp(Δ A count) + Σ_j exp(Δ A (count - 1 - j)) x_j. */
function advance(state: Complex, x: Tensor, powers: Complex, count: number): Complex {
  const power = (part: Tensor, l: number) => transpose(slice(part, [0, 0, l], [-1, -1, 1]), [0, 2, 1]); // [channels, 1, N / 2]
  const kept = times(state, { real: power(powers.real, count), imaginary: power(powers.imaginary, count) });
  const weights = (part: Tensor) => reverse(transpose(slice(part, [0, 0, 0], [-1, -1, count]), [0, 2, 1]), 1);
  return {
    real: add(kept.real, matMul(x, weights(powers.real))),
    imaginary: add(kept.imaginary, matMul(x, weights(powers.imaginary))),
  };
}

/** What a state before a chunk gives to its positions: [channels, N, chunk]. */
function responseToState(output: Complex, powers: Complex): Tensor {
  const count = powers.real.shape[2]! - 1;
  const later = (part: Tensor) => slice(part, [0, 0, 1], [-1, -1, count]);
  const column = { real: expandDims(output.real, 2), imaginary: expandDims(output.imaginary, 2) };
  const response = times(column, { real: later(powers.real), imaginary: later(powers.imaginary) });
  return concat([response.real, neg(response.imaginary)], 1);
}

/**
 * [channels, n] -> [channels, n, n] with place (j, i) holding number i - j, 0 below: rows of 2n - 1 numbers cut from
 * copies of 2n, each begins one number further back.
 */
function toeplitz(response: Tensor): Tensor {
  const [channels, n] = response.shape as [number, number];
  const row = pad(response, [
    [0, 0],
    [0, n],
  ]);
  const copies = reshape(mul(expandDims(row, 1), ones([1, n, 1])), [channels, n * 2 * n]);
  const skewed = reshape(slice(copies, [0, 0], [channels, n * (2 * n - 1)]), [channels, n, 2 * n - 1]);
  return slice(skewed, [0, 0, 0], [channels, n, n]);
}

function forget({ real, imaginary }: Complex, keep: Tensor): Complex {
  return { real: mul(real, keep), imaginary: mul(imaginary, keep) };
}

/** [batch, channels, N / 2, 2] -> parts [channels, batch, N / 2]. */
function toComplex(state: Tensor4D): Complex {
  const [real, imaginary] = unstack(transpose(state, [1, 0, 2, 3]), 3);
  return { real: real!, imaginary: imaginary! };
}

function fromComplex({ real, imaginary }: Complex): Tensor4D {
  return transpose(stack([real, imaginary], 3), [1, 0, 2, 3]) as Tensor4D;
}

/** A state of zeros. */
export function emptyDiagonalState(batch: number, channels: number, places: number): Tensor4D {
  return zeros([batch, channels, places, 2]);
}
