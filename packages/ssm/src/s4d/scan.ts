import { linearScan, scoped } from '@sequitur/core';
import {
  add,
  concat,
  cos,
  exp,
  expandDims,
  matMul,
  mod,
  mul,
  neg,
  ones,
  pad,
  range,
  reshape,
  sin,
  slice,
  split,
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
import { type Complex, type DiagonalStateSpace, powersOf, readOut, responseOf, times } from './powers.js';

/** Positions per matrix product. */
export const CHUNK = 64;

/**
 * The scan of a time-invariant diagonal state space, per channel (Gu et al. 2022, "On the parameterization and
 * initialization of diagonal state space models", equations 3 and 5): convolution with the impulse response inside a
 * chunk, the state between chunks; both are computed from the same powers.
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
    const [powers, falling, output] = [powersOf(space, chunk + 1), powersOf(space, chunk, 'falling'), readOut(space)];
    const first = (part: Tensor) => slice(part, [0, 0, 0], [-1, -1, chunk]);
    const response = responseOf(output, { real: first(powers.real), imaginary: first(powers.imaginary) });
    const inside = matMul(rows, toeplitz(response));
    const { before, last } = statesBetween(filled, space, { powers, falling, chunk, chunks, length }, initial, resets);
    const handed = matMul(before, responseToState(output, powers));
    const whole = reshape(add(inside, handed), [channels, batch, chunk * chunks]);
    const y = transpose(slice(whole, [0, 0, 0], [channels, batch, length]), [1, 2, 0]) as Tensor3D;
    return { y, state: last };
  });
}

interface Chunks {
  /** Powers of the decay, from 0 to the chunk length, and from one less down to 0. */
  readonly powers: Complex;
  readonly falling: Complex;
  readonly chunk: number;
  readonly chunks: number;
  readonly length: number;
}

/**
 * The states before every chunk, [channels, batch x chunks, N], real parts first; and the state after the last
 * position.
 */
function statesBetween(
  x: Tensor,
  space: DiagonalStateSpace,
  { powers, falling, chunk, chunks, length }: Chunks,
  initial: Tensor4D,
  resets?: Tensor2D,
) {
  const [channels, batch] = x.shape as [number, number];
  const keep = resets && sub(1, resets); // [batch, chunks]; a chunk is one position here
  const first = toComplex(initial); // [channels, batch, N / 2]
  const start = keep ? resetState(first, reshape(slice(keep, [0, 0], [-1, 1]), [1, batch, 1])) : first;
  const whole = slice(x, [0, 0, 0], [channels, batch, chunk * (chunks - 1)]);
  const before = handedOn(whole, space, falling, start, keep); // parts [channels, batch, chunks, N / 2]
  // The last chunk may be shorter than the others: the state is that at its real end.
  const count = length - chunk * (chunks - 1);
  const end = (part: Tensor) => reshape(slice(part, [0, 0, chunks - 1, 0], [-1, -1, 1, -1]), start.real.shape);
  const part = slice(x, [0, 0, chunk * (chunks - 1)], [channels, batch, count]);
  const last = advance({ real: end(before.real), imaginary: end(before.imaginary) }, part, { powers, falling }, count);
  const joined = concat([before.real, before.imaginary], 3);
  return { before: reshape(joined, [channels, batch * chunks, -1]), last: fromComplex(last) };
}

/**
 * The states before every chunk; `x` has all chunks except the last, which may be shorter. After removing the rotation,
 * a state only decays from chunk to chunk, equally in both parts, so that one linear scan computes all of them.
 */
function handedOn(x: Tensor, space: DiagonalStateSpace, falling: Complex, start: Complex, keep?: Tensor): Complex {
  const [channels, batch, places] = start.real.shape as [number, number, number];
  const chunk = falling.real.shape[2]!;
  const steps = x.shape[2]! / chunk;
  const column = (part: Tensor) => reshape(part, [channels, batch, 1, places]);
  if (steps === 0) return { real: column(start.real), imaginary: column(start.imaginary) };
  const weights = concat([weightsOf(falling.real, chunk), weightsOf(falling.imaginary, chunk)], 2); // [channels, chunk, N]
  const entered = reshape(matMul(reshape(x, [channels, batch * steps, chunk]), weights), [channels, batch, steps, -1]);
  const { decay, turn } = turned(space, chunk, steps);
  const parts = split(entered, 2, 3) as [Tensor, Tensor];
  const input = times({ real: parts[0], imaginary: parts[1] }, { real: turn.real, imaginary: neg(turn.imaginary) });
  const kept = keep && reshape(slice(keep, [0, 1], [-1, -1]), [batch, steps, 1]);
  const byStep = (part: Tensor) => reshape(transpose(part, [1, 2, 0, 3]), [batch, steps, channels * places]);
  const scan = (part: Tensor, from: Tensor) => {
    const given = kept ? mul(byStep(part), kept) : byStep(part);
    const first = reshape(transpose(from, [1, 0, 2]), [batch, channels * places]) as Tensor2D;
    const shares = mul(reshape(decay, [1, 1, -1]), kept ?? ones([batch, steps, 1]));
    const states = reshape(linearScan(shares as Tensor3D, given as Tensor3D, first), [batch, steps, channels, places]);
    return transpose(states, [2, 0, 1, 3]);
  };
  const later = times({ real: scan(input.real, start.real), imaginary: scan(input.imaginary, start.imaginary) }, turn);
  return {
    real: concat([column(start.real), later.real], 2),
    imaginary: concat([column(start.imaginary), later.imaginary], 2),
  };
}

/**
 * The decay of a state over a chunk, [channels, N / 2], and its rotation after 1, 2, ... chunks, [channels, 1, steps, N
 * / 2].
 */
function turned({ logStep, logDecay, frequency }: DiagonalStateSpace, chunk: number, steps: number) {
  const step = expandDims(exp(logStep), 1);
  const decay = exp(mul(mul(neg(exp(logDecay)), step), chunk));
  // Whole rotations are removed before the angle grows: float32 is too coarse for large angles.
  const angle = mod(mul(mul(frequency, step), chunk), 2 * Math.PI);
  const [channels, places] = angle.shape as [number, number];
  const counts = reshape(range(1, steps + 1, 1, 'float32'), [1, 1, steps, 1]);
  const angles = mul(reshape(angle, [channels, 1, 1, places]), counts);
  return { decay, turn: { real: cos(angles), imaginary: sin(angles) } };
}

/** s exp(Δ A count) + Σ_j exp(Δ A (count - 1 - j)) x_j. */
function advance(
  state: Complex,
  x: Tensor,
  { powers, falling }: Pick<Chunks, 'powers' | 'falling'>,
  count: number,
): Complex {
  const power = (part: Tensor, l: number) => transpose(slice(part, [0, 0, l], [-1, -1, 1]), [0, 2, 1]); // [channels, 1, N / 2]
  const kept = times(state, { real: power(powers.real, count), imaginary: power(powers.imaginary, count) });
  return {
    real: add(kept.real, matMul(x, weightsOf(falling.real, count))),
    imaginary: add(kept.imaginary, matMul(x, weightsOf(falling.imaginary, count))),
  };
}

/** The weights by which the positions of a chunk of `count` enter the state at its end: [channels, count, N / 2]. */
function weightsOf(falling: Tensor, count: number): Tensor {
  return transpose(slice(falling, [0, 0, falling.shape[2]! - count], [-1, -1, count]), [0, 2, 1]);
}

/** The weights by which the state before a chunk enters its outputs: [channels, N, chunk]. */
function responseToState(output: Complex, powers: Complex): Tensor {
  const count = powers.real.shape[2]! - 1;
  const later = (part: Tensor) => slice(part, [0, 0, 1], [-1, -1, count]);
  const column = { real: expandDims(output.real, 2), imaginary: expandDims(output.imaginary, 2) };
  const response = times(column, { real: later(powers.real), imaginary: later(powers.imaginary) });
  return concat([response.real, neg(response.imaginary)], 1);
}

/**
 * Toeplitz matrix: [channels, n] -> [channels, n, n], element (j, i) is response i - j, 0 below: rows of 2n - 1
 * elements are cut from copies of 2n, so that each begins one element earlier.
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

function resetState({ real, imaginary }: Complex, keep: Tensor): Complex {
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

/** An empty state of zeros. */
export function emptyDiagonalState(batch: number, channels: number, places: number): Tensor4D {
  return zeros([batch, channels, places, 2]);
}
