import { dispose, Tensor, tensor } from '@tensorflow/tfjs-core';
import { SequiturError } from '../errors.js';
import { showValue } from '../options/index.js';
import { isList, type StateTree } from './state-tree.js';

/** A serialized state: the same tree with typed arrays, for structured cloning and files. */
export type SerializedState =
  | number
  | {
      readonly dtype: 'float32' | 'int32' | 'bool';
      readonly shape: readonly number[];
      readonly values: SerializedValues;
    }
  | { readonly tree: { readonly [key: string]: SerializedState } }
  | { readonly list: readonly SerializedState[] };

type SerializedValues = Float32Array | Int32Array | Uint8Array;

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

/** States are a few levels deep; without a limit, recursion on other values would overflow the stack. */
const MOST_LEVELS = 100;

/** Copies a state to the host. The state stays valid. */
export async function serialize(state: StateTree): Promise<SerializedState> {
  if (typeof state === 'number') return state;
  if (state instanceof Tensor) {
    const dtype = state.dtype as 'float32' | 'int32' | 'bool';
    return { dtype, shape: [...state.shape], values: ((await state.data()) as SerializedValues).slice() };
  }
  if (isList(state)) return { list: await Promise.all(state.map(serialize)) };
  const entries = Object.entries(state).map(async ([key, item]) => [key, await serialize(item)] as const);
  return { tree: Object.fromEntries(await Promise.all(entries)) };
}

/**
 * Restores a serialized state as new tensors, which the caller disposes. Whether it belongs to a model is checked where
 * the model reads it.
 *
 * @throws SequiturError where it is not a serialized state: nothing leaks
 */
export function deserialize(saved: SerializedState): StateTree {
  const made: Tensor[] = [];
  try {
    return build(saved, made, 'state', 0);
  } catch (error) {
    dispose(made);
    throw error;
  }
}

function build(saved: SerializedState, made: Tensor[], where: string, level: number): StateTree {
  if (typeof saved === 'number' && Number.isFinite(saved)) return saved;
  if (typeof saved !== 'object' || saved === null || level > MOST_LEVELS) throw unsound(where, saved);
  if ('values' in saved) {
    checkTensor(saved, where);
    const copy = tensor(saved.values.slice(), [...saved.shape], saved.dtype);
    made.push(copy);
    return copy;
  }
  const below = (item: SerializedState, key: string | number) => build(item, made, `${where}.${key}`, level + 1);
  if ('list' in saved && Array.isArray(saved.list)) return Array.from(saved.list, below);
  if (!('tree' in saved) || typeof saved.tree !== 'object' || saved.tree === null) throw unsound(where, saved);
  return Object.fromEntries(Object.entries(saved.tree).map(([key, item]) => [key, below(item, key)]));
}

function checkTensor(saved: Extract<SerializedState, { values: unknown }>, where: string): void {
  const { dtype, shape, values } = saved;
  const isShape = Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  const array = Object.hasOwn(ARRAYS, dtype) && ARRAYS[dtype];
  if (!isShape || !array || !(values instanceof array)) throw unsound(where, saved);
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (size === values.length) return;
  throw new SequiturError({
    where,
    expected: `${size} elements for the shape ${showValue(shape)}`,
    got: `${values.length}`,
  });
}

function unsound(where: string, saved: unknown): SequiturError {
  return new SequiturError({
    where: where.slice(0, 200),
    expected: 'a finite number, a tensor (dtype, shape, values), a tree or a list',
    got: showValue(saved),
    fix: 'Pass the result of serialize',
  });
}
