import { expectTensor, linearScan, SequiturError, scoped, showShape, softplus } from '@sequitur/core';
import {
  add,
  customGrad,
  div,
  exp,
  expandDims,
  maximum,
  mul,
  reshape,
  sigmoid,
  slice,
  sqrt,
  square,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  zeros,
} from '@tensorflow/tfjs-core';

/** The inputs of the real-gated linear recurrent unit. */
export interface RgLru {
  /** float32 [batch, length, width]. */
  readonly x: Tensor3D;
  /** The input gate before the sigmoid, of the shape of `x`. */
  readonly inputGate: Tensor3D;
  /** The recurrence gate before the sigmoid, of the shape of `x`. */
  readonly decayGate: Tensor3D;
  /** Λ, float32 [width]: softplus of it is the decay rate where the gate is open. */
  readonly decayRate: Tensor;
  /** float32 [batch, width]; default 0. */
  readonly initialState?: Tensor2D | undefined;
  /** float32 [batch, length], 1 at the first position of each sequence: it starts from an empty state, with its whole input. */
  readonly resets?: Tensor2D | undefined;
}

/** Factor c of the decay rates. */
const RATE = 8;

/**
 * The real-gated linear recurrent unit (De et al. 2024, "Griffin", equations 1 to 4): a recurrence per channel whose input
 * and decay are gated,
 *
 *     a = exp(-8 σ(decayGate) softplus(Λ))        h ← a h + √(1 - a²) σ(inputGate) x
 *
 * @returns h after every step [batch, length, width], and the last one, which the caller disposes
 * @throws SequiturError when a shape or dtype does not match
 */
export function rgLru({ x, inputGate, decayGate, decayRate, initialState, resets }: RgLru): {
  y: Tensor3D;
  state: Tensor2D;
} {
  if (x.rank !== 3) {
    throw new SequiturError({ where: 'rgLru, x', expected: '[batch, length, width]', got: showShape(x.shape) });
  }
  const [batch, length, width] = x.shape;
  expectTensor('rgLru, inputGate', inputGate, { shape: x.shape });
  expectTensor('rgLru, decayGate', decayGate, { shape: x.shape });
  expectTensor('rgLru, decayRate', decayRate, { shape: [width] });
  if (initialState) expectTensor('rgLru, initialState', initialState, { shape: [batch, width] });
  if (resets) expectTensor('rgLru, resets', resets, { shape: [batch, length] });
  return scoped(() => {
    const logDecay = mul(mul(sigmoid(decayGate), softplus(decayRate)), -RATE);
    const decay = exp(logDecay);
    const entering = mul(sigmoid(inputGate), x);
    const share = boundedRoot(sub(1, square(decay)));
    const starts = resets && expandDims(resets, 2);
    const kept = starts ? mul(decay, sub(1, starts)) : decay;
    const shared = starts ? add(mul(share, sub(1, starts)), starts) : share;
    const states = linearScan(
      kept as Tensor3D,
      mul(shared, entering) as Tensor3D,
      initialState ?? zeros([batch, width]),
    );
    const last = slice(states, [0, length - 1, 0], [batch, 1, width]);
    return { y: states, state: reshape(last, [batch, width]) as Tensor2D };
  });
}

/** √x with a gradient of at most 1000. */
const boundedRoot = customGrad((x, save) => {
  (save as (tensors: Tensor[]) => void)([x as Tensor]);
  const gradFunc = (dy: Tensor, [saved]: Tensor[]) => div(dy, sqrt(maximum(mul(saved!, 4), 1e-6)));
  return { value: sqrt(x as Tensor), gradFunc };
}) as (x: Tensor) => Tensor;
