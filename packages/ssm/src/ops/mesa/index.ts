import { expectNumber, expectTensor, scoped } from '@sequitur/core';
import { expandDims, mul, type Tensor2D, type Tensor3D, type Tensor4D, transpose, zeros } from '@tensorflow/tfjs-core';
import { generalizedDeltaRule } from '../delta-rule/index.js';
import { type System, solved } from './solve.js';

/** The state of a Mesa layer: decayed sums of β k kᵀ and of β k vᵀ. */
export interface MesaState {
  readonly keys: Tensor4D; // [batch, heads, keySize, keySize]
  readonly values: Tensor4D; // [batch, heads, keySize, valueSize]
}

/** The inputs of the Mesa layer. */
export interface Mesa {
  /** float32 [batch, length, heads, keySize], as `key`. */
  readonly query: Tensor4D;
  readonly key: Tensor4D;
  /** float32 [batch, length, heads, valueSize]. */
  readonly value: Tensor4D;
  /** The logarithm of each step's decay, float32 [batch, length, heads]. */
  readonly logDecay: Tensor3D;
  /** β, the input gate, of the shape of `logDecay`. */
  readonly inputGate: Tensor3D;
  /** Λ, the diagonal regularization, float32 [heads, keySize], above 0. */
  readonly regularization: Tensor2D;
  /** The state before the first step; default 0. */
  readonly initialState?: MesaState | undefined;
  /** float32 [batch, length], 1 at the first position of each packed sequence, which starts from an empty state, else 0. */
  readonly resets?: Tensor2D | undefined;
}

/**
 * The Mesa layer (von Oswald et al. 2025, equations 5 to 8): at each position the linear map from keys to values that
 * solves the regularized least squares problem of all positions so far, applied to the query,
 *
 *     H ← γ H + β k kᵀ        G ← γ G + β k vᵀ        y = Gᵀ (H + Λ)⁻¹ q
 *
 * The system is solved by conjugate gradients, for all positions at once.
 *
 * @param steps number of steps of conjugate gradients; default 30
 * @returns y [batch, length, heads, valueSize] and the last state, which the caller disposes
 * @throws SequiturError when a shape or dtype does not match
 */
export function mesa(given: Mesa, steps = 30): { y: Tensor4D; state: MesaState } {
  expectNumber('mesa, steps', steps, 'an integer of at least 1', (n) => Number.isInteger(n) && n >= 1);
  const { query, key, value, logDecay, inputGate, regularization, initialState, resets } = given;
  expectTensor('mesa, inputGate', inputGate, { shape: key.shape.slice(0, 3) });
  expectTensor('mesa, regularization', regularization, { shape: key.shape.slice(2) });
  return scoped(() => {
    const [batch, , heads, keySize] = key.shape;
    const weighted = mul(key, expandDims(inputGate, 3)) as Tensor4D;
    const start = initialState?.keys ?? zeros([batch, heads, keySize, keySize]);
    const system: System = {
      ...{ key, weighted, logDecay, regularization },
      start: transpose(start, [0, 1, 3, 2]), // a state is read transposed
      ...(resets && { resets }),
    };
    const asked = solved(query, system, steps);
    const shared = { key: weighted, logDecay, resets };
    const found = generalizedDeltaRule({ ...shared, query: asked, value, initialState: initialState?.values });
    const { state: keys } = generalizedDeltaRule({ ...shared, query, value: key, initialState: start as Tensor4D });
    return { y: found.y, state: { keys, values: found.state } };
  });
}
