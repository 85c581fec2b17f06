import type { OpInputs } from '@sequitur/core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';

/** The inputs of the generalized delta rule. */
export interface DeltaRule {
  /** q, float32 [batch, length, heads, keySize]. */
  readonly query: Tensor4D;
  /** k, of the shape of `query`. */
  readonly key: Tensor4D;
  /** v, float32 [batch, length, heads, valueSize]. */
  readonly value: Tensor4D;
  /** The logarithm of each step's decay, float32 [batch, length, heads], or as `query`: one for each row of the state. */
  readonly logDecay: Tensor;
  /** a, of the shape of `query`: the removal key, which reads from the state before the step. Default 0. */
  readonly removal?: Tensor4D | undefined;
  /** b, of the shape of `query`: the replacement key, to which that value is written. Default the key. */
  readonly replacement?: Tensor4D | undefined;
  /** float32 [batch, heads, keySize, valueSize]; default 0. */
  readonly initialState?: Tensor4D | undefined;
  /**
   * float32 [batch, length], 1 at the first position of each packed sequence, which starts from an empty state, else 0.
   */
  readonly resets?: Tensor2D | undefined;
}

/** Inputs of the op, in the order of its gradients; `decay` [batch, length, heads, 1 or keySize] is no logarithm. */
export const DELTA_INPUTS = ['query', 'key', 'value', 'decay', 'initial', 'removal', 'replacement'] as const;

/** The names of the inputs of a call. */
export function deltaInputsOf(inputs: OpInputs): readonly (typeof DELTA_INPUTS)[number][] {
  return DELTA_INPUTS.filter((name) => inputs[name]);
}

export interface DeltaSizes {
  readonly batch: number;
  readonly length: number;
  readonly heads: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly decaySize: number;
}

export function deltaSizesOf({ key, value, decay }: OpInputs): DeltaSizes {
  const [batch, length, heads, keySize] = key!.shape as [number, number, number, number];
  return { batch, length, heads, keySize, valueSize: value!.shape[3]!, decaySize: decay!.shape[3]! };
}
