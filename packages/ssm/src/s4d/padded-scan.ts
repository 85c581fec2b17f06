import {
  add,
  cast,
  cos,
  equal,
  exp,
  expandDims,
  mod,
  mul,
  neg,
  reshape,
  sin,
  stack,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  unstack,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { alignReal, flat, reordered } from '../alignment.js';
import { type DiagonalStateSpace, times } from './powers.js';
import { diagonalScan } from './scan.js';

export interface PaddedScan {
  /** [batch, length, channels], 0 at padding. */
  readonly x: Tensor3D;
  readonly space: DiagonalStateSpace;
  /** [batch, channels, N / 2, 2] */
  readonly initial: Tensor4D;
  /** [batch, length], 1 at real tokens and 0 at padding. */
  readonly mask: Tensor2D;
  readonly resets?: Tensor2D | undefined;
}

/**
 * The scan of rows with padding anywhere, which neither enters nor decays the state. With the tokens aligned left, y is
 * that of the tokens alone. With the tokens aligned right, the last state is that of the tokens alone from an empty
 * state; the initial state, decayed over the tokens, is added.
 */
export function paddedDiagonalScan({ x, space, initial, mask, resets }: PaddedScan): { y: Tensor3D; state: Tensor4D } {
  return tidy(() => {
    const [left, right] = [alignReal(mask, 'left'), alignReal(mask, 'right')];
    const at = <T extends Tensor>(of: T, { order }: typeof left) => reordered(of, order);
    const { y } = diagonalScan(at(x, left), space, initial, resets && at(resets, left));
    const entered = diagonalScan(at(x, right), space, zerosLike(initial), resets && at(resets, right)).state;
    const kept = decayed(initial, space, sum(cast(mask, 'float32'), 1));
    const continued = resets ? mul(kept, reshape(cast(equal(sum(resets, 1), 0), 'float32'), [-1, 1, 1, 1])) : kept;
    return { y: reordered(y, flat(left.places)), state: add(entered, continued) };
  }) as unknown as { y: Tensor3D; state: Tensor4D };
}

/** The state after `counts` [batch] positions without input. */
function decayed(state: Tensor4D, { logStep, logDecay, frequency }: DiagonalStateSpace, counts: Tensor): Tensor4D {
  const step = expandDims(exp(logStep), 1);
  const ofRows = reshape(counts, [-1, 1, 1]);
  const size = exp(mul(mul(neg(exp(logDecay)), step), ofRows)); // [batch, channels, N / 2]
  // Whole rotations are removed before the angle grows, and again: float32 is too coarse for large angles.
  const angle = mod(mul(mod(mul(frequency, step), 2 * Math.PI), ofRows), 2 * Math.PI);
  const [real, imaginary] = unstack(state, 3) as [Tensor, Tensor];
  const turned = times({ real, imaginary }, { real: mul(size, cos(angle)), imaginary: mul(size, sin(angle)) });
  return stack([turned.real, turned.imaginary], 3) as Tensor4D;
}
