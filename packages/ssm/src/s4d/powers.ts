import {
  add,
  concat,
  cos,
  div,
  exp,
  expandDims,
  mul,
  neg,
  onesLike,
  sin,
  slice,
  square,
  sub,
  sum,
  type Tensor,
  zerosLike,
} from '@tensorflow/tfjs-core';

/** A complex tensor as two real ones of equal shape. */
export interface Complex {
  readonly real: Tensor;
  readonly imaginary: Tensor;
}

export function times(a: Complex, b: Complex): Complex {
  return {
    real: sub(mul(a.real, b.real), mul(a.imaginary, b.imaginary)),
    imaginary: add(mul(a.real, b.imaginary), mul(a.imaginary, b.real)),
  };
}

/** The parameters of a diagonal state space; N / 2 states are stored, the other half are their conjugates. */
export interface DiagonalStateSpace {
  readonly logStep: Tensor; // [channels]: log Δ
  readonly logDecay: Tensor; // [channels, N / 2]: log(-Re A)
  readonly frequency: Tensor; // [channels, N / 2]: Im A
  readonly outputReal: Tensor; // [channels, N / 2]: Re C
  readonly outputImaginary: Tensor; // [channels, N / 2]: Im C
}

/** exp(Δ A): [channels, N / 2]. */
export function decayOf({ logStep, logDecay, frequency }: DiagonalStateSpace): Complex {
  const step = expandDims(exp(logStep), 1);
  const angle = mul(frequency, step);
  const length = exp(mul(neg(exp(logDecay)), step));
  return { real: mul(length, cos(angle)), imaginary: mul(length, sin(angle)) };
}

/** exp(Δ A l), [channels, N / 2, count], for l ascending from 0, or descending to 0. Computed by repeated squaring. */
export function powersOf(space: DiagonalStateSpace, count: number, order: 'rising' | 'falling' = 'rising'): Complex {
  let square = mapParts(decayOf(space), (part) => expandDims(part, 2)); // exp(Δ A n), where n powers are computed
  let found: Complex = { real: onesLike(square.real), imaginary: zerosLike(square.real) };
  for (let n = 1; n < count; n *= 2) {
    const more = Math.min(n, count - n);
    const rising = order === 'rising';
    const first = rising ? 0 : n - more;
    const missing = more === n ? found : mapParts(found, (part) => slice(part, [0, 0, first], [-1, -1, more]));
    const next = times(missing, square);
    const joined = (a: Tensor, b: Tensor) => concat(rising ? [a, b] : [b, a], 2);
    found = { real: joined(found.real, next.real), imaginary: joined(found.imaginary, next.imaginary) };
    if (2 * n < count) square = times(square, square);
  }
  return found;
}

function mapParts({ real, imaginary }: Complex, of: (part: Tensor) => Tensor): Complex {
  return { real: of(real), imaginary: of(imaginary) };
}

/** 2 C (exp(Δ A) - 1) / A: the output of a state under zero-order hold, doubled for its conjugate. */
export function readOut(space: DiagonalStateSpace): Complex {
  const { logDecay, frequency, outputReal, outputImaginary } = space;
  const [decay, once] = [neg(exp(logDecay)), decayOf(space)];
  const grown = { real: sub(once.real, 1), imaginary: once.imaginary };
  const norm = add(square(decay), square(frequency));
  const inverse = { real: div(decay, norm), imaginary: neg(div(frequency, norm)) };
  const found = times(times({ real: outputReal, imaginary: outputImaginary }, grown), inverse);
  return { real: mul(found.real, 2), imaginary: mul(found.imaginary, 2) };
}

/** The impulse response, Re Σ_n readOut_n exp(Δ A_n l) for l < count: [channels, count]. */
export function impulseResponse(space: DiagonalStateSpace, count: number): Tensor {
  return responseOf(readOut(space), powersOf(space, count));
}

/** The impulse response, from powers that are computed already. */
export function responseOf(output: Complex, powers: Complex): Tensor {
  const real = mul(powers.real, expandDims(output.real, 2));
  return sum(sub(real, mul(powers.imaginary, expandDims(output.imaginary, 2))), 1);
}
