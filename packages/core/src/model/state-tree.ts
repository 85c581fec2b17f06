import { dispose, gather, keep, Tensor, tensor1d, tidy, util } from '@tensorflow/tfjs-core';
import { SequiturError } from '../errors.js';

/**
 * The state of a model between chunks: tensors, numbers, and plain objects or arrays of them. Immutable, and opaque to
 * all but the model that made it. The first axis of every tensor is the batch.
 */
export type StateTree = Tensor | number | { readonly [key: string]: StateTree } | readonly StateTree[];

/** A copy of the tree in which every tensor is replaced by the result of `change`. */
export function mapState<S extends StateTree>(state: S, change: (tensor: Tensor) => Tensor): S {
  return map(state, change) as S;
}

function map(state: StateTree, change: (tensor: Tensor) => Tensor): StateTree {
  if (state instanceof Tensor) return change(state);
  if (typeof state === 'number') return state;
  if (isList(state)) return state.map((item) => map(item, change));
  return Object.fromEntries(Object.entries(state).map(([key, item]) => [key, map(item, change)]));
}

/** `Array.isArray` does not narrow readonly arrays. */
export function isList(state: StateTree): state is readonly StateTree[] {
  return Array.isArray(state);
}

/** All tensors of the tree, in the order of its keys. */
export function tensorsIn(state: StateTree): Tensor[] {
  const found: Tensor[] = [];
  mapState(state, (item) => {
    found.push(item);
    return item;
  });
  return found;
}

/** Every number of the tree, in the order of its keys. */
export function numbersIn(state: StateTree): number[] {
  if (typeof state === 'number') return [state];
  return state instanceof Tensor ? [] : Object.values(state).flatMap(numbersIn);
}

/** Bytes of the tree's tensors, spare capacity included. */
export function bytesIn(state: StateTree): number {
  return tensorsIn(state).reduce((bytes, item) => bytes + item.size * util.bytesPerElement(item.dtype), 0);
}

/** Frees every tensor of the tree. */
export function disposeState(state: StateTree): void {
  dispose(tensorsIn(state));
}

/** tfjs's `tidy` for results that hold states: frees every tensor made in `compute` except those in the result. */
export function scoped<T>(compute: () => T): T {
  return tidy(compute as () => Tensor) as T;
}

/** Protects every tensor of the tree from the enclosing `tidy`; the caller disposes the state. */
export function keepState<S extends StateTree>(state: S): S {
  return mapState(state, keep);
}

/** Replaces a state by the next one: frees tensors that only `previous` holds, and returns `next`. */
export function replaceState<S extends StateTree>(previous: StateTree, next: S): S {
  const stay = new Set(tensorsIn(next));
  dispose(tensorsIn(previous).filter((item) => !stay.has(item)));
  return next;
}

/**
 * Reorders the rows of a state: row i of the result is row `rows[i]`, as beam search needs. The caller disposes both.
 */
export function reorder<S extends StateTree>(state: S, rows: readonly number[]): S {
  for (const item of tensorsIn(state)) {
    const wrong = rows.find((row) => !Number.isInteger(row) || row < 0 || row >= (item.shape[0] ?? 0));
    if (wrong !== undefined) {
      throw new SequiturError({
        where: 'reorder',
        expected: `rows from 0 to ${(item.shape[0] ?? 0) - 1}`,
        got: `${wrong}`,
      });
    }
  }
  const indices = tensor1d([...rows], 'int32');
  const moved = mapState(state, (item) => gather(item, indices));
  dispose(indices);
  return moved;
}
