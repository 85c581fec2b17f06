import { expectTensor, linearScan, SequiturError, scoped, showShape } from '@sequitur/core';
import {
  add,
  concat,
  expandDims,
  linalg,
  matMul,
  mul,
  ones,
  pad,
  reshape,
  reverse,
  slice,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import { generalizedDeltaRule } from '../delta-rule/index.js';

/** The state of a trapezoidal scan: its matrix, and the last key and value, which the next step adds again. */
export interface TrapezoidalState {
  readonly matrix: Tensor4D; // [batch, heads, keySize, valueSize]
  readonly key: Tensor4D; // [batch, heads, rank, keySize]
  readonly value: Tensor4D; // [batch, heads, rank, valueSize]
}

/** The inputs of the trapezoidal scan. */
export interface TrapezoidalScan {
  /** float32 [batch, length, rank, heads, keySize], as `key`: several of each position are read, or written, at once. */
  readonly query: Tensor;
  readonly key: Tensor;
  /** float32 [batch, length, rank, heads, valueSize]. */
  readonly value: Tensor;
  /** Δ A, float32 [batch, length, heads]. */
  readonly logDecay: Tensor3D;
  /** Δ, the step size, of the shape of `logDecay`; 0 at padding. */
  readonly stepSize: Tensor3D;
  /** λ, of the shape of `logDecay`: the weight of the current input relative to the previous one. */
  readonly blend: Tensor3D;
  readonly initialState: TrapezoidalState;
  /** float32 [batch, length], 0 at padding, where the step size is 0. */
  readonly real?: Tensor2D | undefined;
  /** float32 [batch, length], 1 at the first position of each packed sequence, which starts from an empty state, else 0. */
  readonly resets?: Tensor2D | undefined;
}

/**
 * The recurrence of Mamba-3 (Lahoti et al. 2026, section 3.1): a state space discretized by the trapezoidal rule, which
 * adds the inputs of the current and of the previous step,
 *
 *     S ← e^(ΔA) (S + (1 - λ) Δ k₋₁ v₋₁ᵀ) + λ Δ k vᵀ        y = Sᵀ q
 *
 * Each input is added once, with both of its weights; the part of the next step is subtracted from what is read before
 * it.
 *
 * @returns y [batch, length, rank, heads, valueSize] and the last state, which the caller disposes
 * @throws SequiturError when a shape or dtype does not match
 */
export function trapezoidalScan(given: TrapezoidalScan): { y: Tensor; state: TrapezoidalState } {
  check(given);
  return scoped(() => {
    const { query, key, value, logDecay, stepSize, blend, initialState, resets } = given;
    const [batch, length, rank, heads] = key.shape as [number, number, number, number];
    const own = mul(stepSize, blend);
    const { later, first } = sharesOfNext(given);
    const weight = ofRank(add(own, later), rank); // [batch, length * rank, heads, 1]
    const flat = (x: Tensor) => reshape(x, [batch, length * rank, heads, -1]) as Tensor4D;
    const entered = mul(
      reshape(first, [batch, heads, 1, 1]),
      matMul(initialState.key, initialState.value, true, false),
    );
    const found = generalizedDeltaRule({
      ...{ query: flat(query), key: mul(flat(key), weight) as Tensor4D, value: flat(value) },
      logDecay: atFirst(logDecay, rank),
      initialState: add(initialState.matrix, entered) as Tensor4D,
      resets: resets && (reshape(atFirst(expandDims(resets, 2) as Tensor3D, rank), [batch, length * rank]) as Tensor2D),
    });
    const corrected = add(found.y, withinPosition(given, add(own, later), later));
    return {
      y: reshape(corrected, value.shape),
      state: {
        matrix: found.state,
        key: lastOf(key, initialState.key, given.real),
        value: lastOf(value, initialState.value, given.real),
      },
    };
  });
}

/**
 * The weight with which the next real step enters the input of each position again, 0 where there is none [batch, length,
 * heads], and that of the first one [batch, 1, heads].
 */
function sharesOfNext({ stepSize, blend, real, resets }: TrapezoidalScan): { later: Tensor; first: Tensor } {
  const [batch, length, heads] = stepSize.shape;
  const again = mul(stepSize, sub(1, blend));
  const given = resets ? mul(again, expandDims(sub(1, resets), 2)) : again; // a sequence begins without an input before
  let next: Tensor = given;
  if (real) {
    const shown = mul(expandDims(real, 2), ones([1, 1, heads]));
    const backwards = (x: Tensor) => reverse(x, 1) as Tensor3D;
    next = reverse(linearScan(backwards(sub(1, shown)), backwards(mul(given, shown)), zeros([batch, heads])), 1);
  }
  const none = zeros([batch, 1, heads]);
  const shifted = length > 1 ? concat([slice(next as Tensor3D, [0, 1, 0], [batch, length - 1, heads]), none], 1) : none;
  const later = real ? mul(shifted, expandDims(real, 2)) : shifted;
  return { later, first: slice(next as Tensor3D, [0, 0, 0], [batch, 1, heads]) };
}

/** The vectors [batch, heads, rank, size] of the last real position, or those before. */
function lastOf(x: Tensor, before: Tensor4D, real: Tensor2D | undefined): Tensor4D {
  const [batch, length, rank, heads, size] = x.shape as [number, number, number, number, number];
  const width = rank * heads * size;
  const rows = reshape(x, [batch, length, width]) as Tensor3D;
  const shown = real && mul(expandDims(real, 2), ones([1, 1, width]));
  const start = reshape(transposed(before), [batch, width]) as Tensor2D;
  const all = shown ? linearScan(sub(1, shown) as Tensor3D, mul(rows, shown) as Tensor3D, start) : rows;
  const last = slice(all, [0, length - 1, 0], [batch, 1, width]);
  return transposed(reshape(last, [batch, rank, heads, size]));
}

/** What a query reads of its own position besides the scan: of the ranks after its own, and without the next step's share. */
function withinPosition({ query, key, value }: TrapezoidalScan, whole: Tensor, later: Tensor): Tensor {
  const [batch, length, rank, heads] = key.shape as [number, number, number, number, number];
  const ofPosition = (x: Tensor) => transposed(reshape(x, [batch * length, rank, heads, x.shape[4]!]));
  const scores = matMul(ofPosition(query), ofPosition(key), false, true); // [batch * length, heads, rank, rank]
  const weights = (x: Tensor) => reshape(x, [batch * length, heads, 1, 1]);
  const after = sub(ones([rank, rank]), linalg.bandPart(ones([rank, rank]) as Tensor2D, -1, 0));
  const share = sub(mul(weights(whole), reshape(after, [1, 1, rank, rank])), weights(later));
  const read = matMul(mul(scores, share), ofPosition(value)); // [batch * length, heads, rank, valueSize]
  return reshape(transposed(read), [batch, length * rank, heads, -1]);
}

/** [batch, a, b, size] -> [batch, b, a, size]. */
function transposed(x: Tensor): Tensor4D {
  return transpose(x as Tensor4D, [0, 2, 1, 3]);
}

/** [batch, length, heads] -> [batch, length * rank, heads, 1], the same for each rank. */
function ofRank(x: Tensor, rank: number): Tensor4D {
  const [batch, length, heads] = x.shape as [number, number, number];
  return reshape(mul(reshape(x, [batch * length, 1, heads]), ones([1, rank, 1])), [batch, length * rank, heads, 1]);
}

/** [batch, length, channels] -> [batch, length * rank, channels], 0 but at the first of each position. */
function atFirst(x: Tensor3D, rank: number): Tensor3D {
  const [batch, length, channels] = x.shape;
  const places: [number, number][] = [
    [0, 0],
    [0, rank - 1],
    [0, 0],
  ];
  return reshape(rank === 1 ? x : pad(reshape(x, [batch * length, 1, channels]), places), [
    batch,
    length * rank,
    channels,
  ]);
}

function check({ query, key, value, initialState, resets, real, ...gates }: TrapezoidalScan): void {
  if (key.rank !== 5 || value.rank !== 5) {
    throw new SequiturError({
      where: 'trapezoidalScan',
      expected: 'key [batch, length, rank, heads, keySize] and value [batch, length, rank, heads, valueSize]',
      got: `${showShape(key.shape)} and ${showShape(value.shape)}`,
    });
  }
  const [batch, length, rank, heads, keySize] = key.shape as [number, number, number, number, number];
  const valueSize = value.shape[4]!;
  expectTensor('trapezoidalScan, query', query, { shape: key.shape });
  expectTensor('trapezoidalScan, value', value, { shape: [batch, length, rank, heads, valueSize] });
  for (const [name, gate] of Object.entries(gates) as [string, Tensor][]) {
    expectTensor(`trapezoidalScan, ${name}`, gate, { shape: [batch, length, heads] });
  }
  expectTensor('trapezoidalScan, matrix', initialState.matrix, { shape: [batch, heads, keySize, valueSize] });
  expectTensor('trapezoidalScan, last key', initialState.key, { shape: [batch, heads, rank, keySize] });
  expectTensor('trapezoidalScan, last value', initialState.value, { shape: [batch, heads, rank, valueSize] });
  for (const [name, mask] of Object.entries({ real, resets })) {
    if (mask) expectTensor(`trapezoidalScan, ${name}`, mask, { shape: [batch, length] });
  }
}
