import { expectTensor, SequiturError, scoped, showShape, softplus } from '@sequitur/core';
import {
  abs,
  add,
  broadcastTo,
  cast,
  concat,
  div,
  exp,
  expandDims,
  maximum,
  mul,
  neg,
  ones,
  reshape,
  slice,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  where,
  zeros,
} from '@tensorflow/tfjs-core';
import { generalizedDeltaRule } from '../delta-rule/index.js';
import { maximumScan, NEVER } from './maximum-scan.js';

/** The state of an mLSTM; matrix and normalizer are scaled by e^-stabilizer. */
export interface MlstmState {
  readonly matrix: Tensor4D; // [batch, heads, keySize, valueSize]
  readonly normalizer: Tensor3D; // [batch, heads, keySize]
  readonly stabilizer: Tensor2D; // [batch, heads]
}

/** The inputs of the mLSTM. */
export interface Mlstm {
  /** float32 [batch, length, heads, keySize], as `key`. */
  readonly query: Tensor4D;
  readonly key: Tensor4D;
  /** float32 [batch, length, heads, valueSize]. */
  readonly value: Tensor4D;
  /** The logarithm of the exponential input gate, float32 [batch, length, heads]. */
  readonly inputGate: Tensor3D;
  /** The forget gate before the sigmoid, of the shape of `inputGate`. */
  readonly keepGate: Tensor3D;
  /** The state before the first step; default 0, the stabilizer included. */
  readonly initialState?: MlstmState | undefined;
  /** float32 [batch, length], 0 at padding, which changes no state. */
  readonly real?: Tensor2D | undefined;
  /** float32 [batch, length], 1 at the first position of each packed sequence, which starts from an empty state, else 0. */
  readonly resets?: Tensor2D | undefined;
  /** Added to the denominator; default 1e-6. */
  readonly epsilon?: number | undefined;
}

/**
 * The mLSTM of xLSTM (Beck et al. 2024, equations 19 to 27): a matrix for each head with an exponential input gate; f
 * is the sigmoid forget gate, and the stabilizer m keeps the exponentials in range,
 *
 *     m' = max(log f + m, i)    C ← f e^(m - m') C + e^(i - m') k vᵀ    n ← f e^(m - m') n + e^(i - m') k
 *     y = Cᵀq / max(|n·q|, e^-m')    with q / √keySize
 *
 * @returns y [batch, length, heads, valueSize] and the last state, which the caller disposes
 * @throws SequiturError when a shape or dtype does not match
 */
export function mlstm(given: Mlstm): { y: Tensor4D; state: MlstmState } {
  check(given);
  return scoped(() => {
    const { query, key, value, resets, epsilon = 1e-6 } = given;
    const [batch, length, heads, keySize] = key.shape;
    const valueSize = value.shape[3];
    const { initialState = emptyMlstm(batch, heads, keySize, valueSize) } = given;
    const { logDecay, entering, stabilizers } = stabilized(given, initialState.stabilizer);
    // The normalizer is the sum of the keys, so that of values of 1: one more column of the matrix.
    const joined = (matrix: Tensor, column: Tensor) => concat([matrix, expandDims(column, -1)], 3) as Tensor4D;
    const found = generalizedDeltaRule({
      query: mul(query, keySize ** -0.5) as Tensor4D,
      key: mul(key, expandDims(entering, 3)) as Tensor4D,
      value: joined(value, ones([batch, length, heads])),
      initialState: joined(initialState.matrix, initialState.normalizer),
      ...{ logDecay, resets },
    });
    const part = (x: Tensor4D, from: number, count: number) => slice(x, [0, 0, 0, from], [-1, -1, -1, count]);
    const denominator = maximum(abs(part(found.y, valueSize, 1)), exp(neg(expandDims(stabilizers, 3))));
    const last = slice(stabilizers, [0, length - 1, 0], [batch, 1, heads]);
    return {
      y: div(part(found.y, 0, valueSize), add(denominator, epsilon)) as Tensor4D,
      state: {
        matrix: part(found.state, 0, valueSize),
        normalizer: reshape(part(found.state, valueSize, 1), [batch, heads, keySize]) as Tensor3D,
        stabilizer: reshape(last, [batch, heads]) as Tensor2D,
      },
    };
  });
}

/** The state before the first position; the caller disposes it. */
export function emptyMlstm(batch: number, heads: number, keySize: number, valueSize: number): MlstmState {
  return {
    matrix: zeros([batch, heads, keySize, valueSize]),
    normalizer: zeros([batch, heads, keySize]),
    stabilizer: zeros([batch, heads]),
  };
}

/** The stabilizer after each step, and the gates relative to it: at most 1, as logarithm and as factor. */
function stabilized({ inputGate, keepGate, real, resets }: Mlstm, before: Tensor2D) {
  const [batch, length, heads] = inputGate.shape;
  const column = (mask: Tensor2D) => expandDims(mask, 2);
  let keep: Tensor = neg(softplus(neg(keepGate))); // log σ
  let input: Tensor = inputGate;
  if (real) {
    keep = mul(keep, column(real));
    input = add(mul(input, column(real)), mul(sub(column(real), 1), -NEVER));
  }
  const starts = resets && column(resets);
  // Where a sequence begins, the stabilizer before it is reset to 0.
  const stabilizers = starts
    ? maximumScan(
        add(mul(keep, sub(1, starts)), mul(starts, NEVER)),
        maximum(input, add(keep, mul(sub(starts, 1), -NEVER))),
        before,
      )
    : maximumScan(keep, input, before);
  const earlier = slice(stabilizers, [0, 0, 0], [batch, length - 1, heads]);
  const previous = length > 1 ? concat([expandDims(before, 1), earlier], 1) : expandDims(before, 1);
  const logDecay = sub(add(keep, previous), stabilizers);
  return {
    logDecay: (starts ? where(broadcastTo(cast(starts, 'bool'), logDecay.shape), 0, logDecay) : logDecay) as Tensor3D,
    entering: exp(sub(input, stabilizers)),
    stabilizers,
  };
}

function check({ query, key, value, inputGate, keepGate, initialState, real, resets }: Mlstm): void {
  if (key.rank !== 4 || value.rank !== 4) {
    throw new SequiturError({
      where: 'mlstm',
      expected: 'key [batch, length, heads, keySize] and value [batch, length, heads, valueSize]',
      got: `${showShape(key.shape)} and ${showShape(value.shape)}`,
    });
  }
  const [batch, length, heads, keySize] = key.shape;
  expectTensor('mlstm, query', query, { shape: key.shape });
  expectTensor('mlstm, value', value, { shape: [batch, length, heads, value.shape[3]] });
  for (const [name, gate] of Object.entries({ inputGate, keepGate })) {
    expectTensor(`mlstm, ${name}`, gate, { shape: [batch, length, heads] });
  }
  if (initialState) {
    const { matrix, normalizer, stabilizer } = initialState;
    expectTensor('mlstm, matrix', matrix, { shape: [batch, heads, keySize, value.shape[3]] });
    expectTensor('mlstm, normalizer', normalizer, { shape: [batch, heads, keySize] });
    expectTensor('mlstm, stabilizer', stabilizer, { shape: [batch, heads] });
  }
  for (const [name, mask] of Object.entries({ real, resets })) {
    if (mask) expectTensor(`mlstm, ${name}`, mask, { shape: [batch, length] });
  }
}
