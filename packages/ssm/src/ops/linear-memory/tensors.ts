import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';

/** The state of a linear memory. */
export interface LinearMemoryState {
  readonly matrix: Tensor4D; // [batch, heads, keySize, valueSize]
  readonly momentum: Tensor4D; // as the matrix
}

/** The inputs of the linear memory. */
export interface LinearMemory {
  /** float32 [batch, length, heads, keySize], as `key`. */
  readonly query: Tensor4D;
  readonly key: Tensor4D;
  /** float32 [batch, length, heads, valueSize]. */
  readonly value: Tensor4D;
  /** The logarithm of the share of the matrix that is kept, log(1 - α), float32 [batch, length, heads]. */
  readonly logDecay: Tensor3D;
  /** The logarithm of the share of the momentum that is kept, log η, as `logDecay`. */
  readonly logMomentum: Tensor3D;
  /** θ, the learning rate, of the shape of `logDecay`. */
  readonly learningRate: Tensor3D;
  /** The state before the first step; default 0. */
  readonly initialState?: LinearMemoryState | undefined;
  /** float32 [batch, length], 0 at padding, where the momentum does not move the matrix; the gates must be 0 there. */
  readonly real?: Tensor2D | undefined;
  /** float32 [batch, length], 1 at the first position of each packed sequence, which starts from an empty state, else 0. */
  readonly resets?: Tensor2D | undefined;
}
