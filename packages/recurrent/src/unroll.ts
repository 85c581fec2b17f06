import { type MixContext, mapState, type StateTree, scoped } from '@sequitur/core';
import {
  add,
  cast,
  mul,
  reshape,
  stack,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  unstack,
} from '@tensorflow/tfjs-core';

/** One step: what the gates are computed from [batch, inputs], and the state before -> the output and the state after. */
export type Cell<S extends StateTree> = (x: Tensor2D, state: S) => { output: Tensor2D; state: S };

/**
 * Applies a cell to one position after the other. The state is left as it is where there is padding, and is empty where a
 * sequence begins.
 *
 * @param x [batch, length, inputs]
 * @returns the outputs [batch, length, width] and the last state
 */
export function unroll<S extends Readonly<Record<string, Tensor>>>(
  x: Tensor3D,
  start: S,
  { visible, resets }: MixContext,
  cell: Cell<S>,
): { output: Tensor3D; state: S } {
  return scoped(() => {
    const [real, begins] = [columnsOf(visible), columnsOf(resets)];
    let state = start;
    const outputs = unstack(x, 1).map((now, t) => {
      const keep = begins && sub(1, begins[t]!);
      const before = keep ? mapState(state, (part) => mul(part, keep)) : state;
      const next = cell(now as Tensor2D, before);
      state = real ? chosen(real[t]!, next.state, before) : next.state;
      return next.output;
    });
    // What is handed back must not be the very tensors that came in.
    return { output: stack(outputs, 1) as Tensor3D, state: mapState(state, (part) => part.clone()) };
  });
}

/** Columns [batch, 1] of a [batch, length]. */
function columnsOf(mask: Tensor2D | undefined): Tensor[] | null {
  if (!mask) return null;
  return unstack(reshape(cast(mask, 'float32'), [...mask.shape, 1]), 1);
}

/** `next` where `real` is 1, else `before`. */
function chosen<S extends Readonly<Record<string, Tensor>>>(real: Tensor, next: S, before: S): S {
  const parts = Object.keys(next).map((name) => {
    const [now, then] = [next[name]!, before[name]!];
    return [name, add(mul(now, real), mul(then, sub(1, real)))];
  });
  return Object.fromEntries(parts) as S;
}
