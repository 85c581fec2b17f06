import {
  add,
  customGrad,
  div,
  maximum,
  mul,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { generalizedDeltaRule } from '../delta-rule/index.js';

/** The matrices A = H + Λ of all positions, by what they are computed from. */
export type System = {
  readonly key: Tensor4D;
  /** β k. */
  readonly weighted: Tensor4D;
  readonly logDecay: Tensor3D;
  readonly regularization: Tensor2D;
  readonly start: Tensor;
  readonly resets?: Tensor2D;
};

/**
 * A⁻¹ b of each position. The gradient is that of the solution, not of the steps that find it: with z = A⁻¹ dx, db = z, and
 * for the matrices that of -z·(A x) with x held fixed.
 */
export function solved(b: Tensor4D, system: System, steps: number): Tensor4D {
  const values = Object.values(system) as Tensor[];
  const names = Object.keys(system);
  const systemOf = (tensors: readonly Tensor[]) =>
    Object.fromEntries(names.map((name, index) => [name, tensors[index]!])) as unknown as System;
  const zerosFor = (tensors: readonly Tensor[]) => tensors.map((tensor) => zerosLike(tensor));
  const fixed = customGrad((...given) => {
    const [right, ...rest] = given.slice(0, 1 + names.length) as Tensor[];
    const save = given.at(-1) as unknown as (tensors: Tensor[]) => void;
    save([right!, ...rest]);
    const gradFunc = (_dy: Tensor, saved: Tensor[]) => zerosFor(saved);
    return { value: conjugateGradients(systemOf(rest), right!, steps), gradFunc };
  });
  const correction = customGrad((...given) => {
    const [residual, ...rest] = given.slice(0, 1 + names.length) as Tensor[];
    const save = given.at(-1) as unknown as (tensors: Tensor[]) => void;
    save(rest);
    const gradFunc = (dy: Tensor, saved: Tensor[]) => [
      conjugateGradients(systemOf(saved), dy, steps),
      ...zerosFor(saved),
    ];
    return { value: zerosLike(residual!), gradFunc };
  });
  const x = fixed(b, ...values);
  return add(x, correction(sub(b, times(system, x)), ...values)) as Tensor4D;
}

/** A x of each position. */
function times({ key, weighted, logDecay, regularization, start, resets }: System, x: Tensor): Tensor {
  const { y } = generalizedDeltaRule({
    ...{ query: x as Tensor4D, key: weighted, value: key, logDecay, resets, initialState: start as Tensor4D },
  });
  return add(y, mul(x, regularization));
}

/** x with A x = b, for symmetric positive definite A. */
function conjugateGradients(system: System, b: Tensor, steps: number): Tensor {
  return tidy(() => {
    let x: Tensor = zerosLike(b);
    let rest: Tensor = b;
    let direction: Tensor = b;
    let size: Tensor = sum(square(rest), -1, true);
    for (let step = 0; step < steps; step++) {
      const moved = times(system, direction);
      const rate = div(size, maximum(sum(mul(direction, moved), -1, true), TINY));
      x = add(x, mul(rate, direction));
      rest = sub(rest, mul(rate, moved));
      const next = sum(square(rest), -1, true);
      direction = add(rest, mul(div(next, maximum(size, TINY)), direction));
      size = next;
    }
    return x;
  });
}

/** Below it a residual is 0. */
const TINY = 1e-30;
