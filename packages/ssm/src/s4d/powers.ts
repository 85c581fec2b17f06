import {
  add,
  cos,
  div,
  exp,
  expandDims,
  mul,
  neg,
  range,
  sin,
  square,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';

/** A complex tensor as two real ones of one shape. */
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

/** The parameters of a diagonal state space; N / 2 places stand for N, the others being their conjugates. */
export interface DiagonalStateSpace {
  readonly logStep: Tensor; // [channels]: log Δ
  readonly logDecay: Tensor; // [channels, N / 2]: log(-Re A)
  readonly frequency: Tensor; // [channels, N / 2]: Im A
  readonly outputReal: Tensor; // [channels, N / 2]: Re C
  readonly outputImaginary: Tensor; // [channels, N / 2]: Im C
}

/** exp(Δ A l) for l = 0, ..., count - 1: [channels, N / 2, count]. */
export function powersOf({ logStep, logDecay, frequency }: DiagonalStateSpace, count: number): Complex {
  const step = expandDims(exp(logStep), 1);
  const steps = range(0, count, 1, 'float32');
  const exponent = mul(expandDims(mul(neg(exp(logDecay)), step), 2), steps);
  const angle = mul(expandDims(mul(frequency, step), 2), steps);
  const length = exp(exponent);
  return { real: mul(length, cos(angle)), imaginary: mul(length, sin(angle)) };
}

/** 2 C (exp(Δ A) - 1) / A: what a state gives to the output under zero-order hold, twice for its conjugate. */
export function readOut(space: DiagonalStateSpace): Complex {
  const { logDecay, frequency, outputReal, outputImaginary } = space;
  const step = expandDims(exp(space.logStep), 1);
  const [decay, angle] = [neg(exp(logDecay)), mul(frequency, step)];
  const length = exp(mul(decay, step));
  const grown = { real: sub(mul(length, cos(angle)), 1), imaginary: mul(length, sin(angle)) };
  const norm = add(square(decay), square(frequency));
  const inverse = { real: div(decay, norm), imaginary: neg(div(frequency, norm)) };
  const found = times(times({ real: outputReal, imaginary: outputImaginary }, grown), inverse);
  return { real: mul(found.real, 2), imaginary: mul(found.imaginary, 2) };
}

/** The response to an impulse, Re Σ_n readOut_n exp(Δ A_n l) for l < count: [channels, count]. */
export function impulseResponse(space: DiagonalStateSpace, count: number): Tensor {
  const [powers, output] = [powersOf(space, count), readOut(space)];
  const real = mul(powers.real, expandDims(output.real, 2));
  return sum(sub(real, mul(powers.imaginary, expandDims(output.imaginary, 2))), 1);
}
