import { expectNumber, expectTensor, SequiturError, scoped, showShape } from '@sequitur/core';
import {
  add,
  concat,
  div,
  expandDims,
  linalg,
  matMul,
  mean,
  mul,
  ones,
  reshape,
  slice,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  transpose,
  zerosLike,
} from '@tensorflow/tfjs-core';

/** The state of TTT-linear: the map at the beginning of a mini-batch, and the gradients of its positions so far. */
export type TttState = {
  readonly weight: Tensor4D; // [batch, heads, size, size]
  readonly bias: Tensor4D; // [batch, heads, 1, size]
  readonly weightGradient: Tensor4D; // as the weight
  readonly biasGradient: Tensor4D; // as the bias
  /** Positions of the current mini-batch so far. */
  readonly position: number;
};

/** The inputs of TTT-linear. */
export interface TttLinear {
  /** float32 [batch, length, heads, size], as `key` and `value`. */
  readonly query: Tensor4D;
  readonly key: Tensor4D;
  readonly value: Tensor4D;
  /** The step size of a position that is written, float32 [batch, length, heads]. */
  readonly learningRate: Tensor3D;
  /** A factor on the steps of a mini-batch as a position reads them, as `learningRate`. */
  readonly readScale: Tensor3D;
  /** Weight and bias of the norm inside the loss, float32 [heads, size]. */
  readonly normWeight: Tensor2D;
  readonly normBias: Tensor2D;
  readonly initialState: TttState;
}

export interface TttOptions {
  /** Number of positions whose gradients are taken at the same state; default 16. */
  readonly miniBatch?: number;
  /** ε of the norm; default 1e-6. */
  readonly epsilon?: number;
  /** The tensor to which the norm's output is added: the query (the default), or its input. */
  readonly residual?: 'query' | 'prediction';
}

/**
 * TTT-linear (Sun et al. 2024, section 2): the state is a linear map, trained at every position on the loss
 * ½ |LN(k W + b) - (v - k)|², and applied to the query. Within a mini-batch all gradients are those at its beginning, so that
 * matrix products compute them (the dual form, section 2.5):
 *
 *     z_t = q_t W + b - readScale_t Σ_{s ≤ t} learningRate_s (q_t·k_s + 1) ∂loss_s        y = q + LN(z)
 *
 * @returns y [batch, length, heads, size] and the last state, which the caller disposes
 * @throws SequiturError when a shape, dtype or option does not match
 */
export function tttLinear(given: TttLinear, options: TttOptions = {}): { y: Tensor4D; state: TttState } {
  const { miniBatch = 16, epsilon = 1e-6, residual = 'query' } = options;
  const isCount = (n: number) => Number.isInteger(n) && n >= 1;
  expectNumber('tttLinear, miniBatch', miniBatch, 'an integer of at least 1', isCount);
  check(given, miniBatch);
  return scoped(() => {
    const length = given.key.shape[1];
    let state = given.initialState;
    const outputs: Tensor4D[] = [];
    for (let start = 0; start < length; ) {
      const count = Math.min(miniBatch - state.position, length - start);
      const read = readPart(partOf(given, start, count), state, { miniBatch, epsilon, residual });
      outputs.push(read.y);
      state = read.state;
      start += count;
    }
    return { y: transpose(concat(outputs, 2), [0, 2, 1, 3]), state };
  });
}

type Part = Readonly<
  Record<'query' | 'key' | 'value' | 'learningRate' | 'readScale' | 'normWeight' | 'normBias', Tensor>
>;

/** Positions of one mini-batch, [batch, heads, count, size]. */
function partOf(
  { query, key, value, learningRate, readScale, normWeight, normBias }: TttLinear,
  start: number,
  count: number,
): Part {
  const [batch, , heads, size] = key.shape;
  const vectors = (x: Tensor4D) => transpose(slice(x, [0, start, 0, 0], [batch, count, heads, size]), [0, 2, 1, 3]);
  const rates = (x: Tensor3D) => expandDims(transpose(slice(x, [0, start, 0], [batch, count, heads]), [0, 2, 1]), 3);
  const ofHeads = (x: Tensor2D) => reshape(x, [1, heads, 1, size]);
  return {
    ...{ query: vectors(query), key: vectors(key), value: vectors(value) },
    ...{ learningRate: rates(learningRate), readScale: rates(readScale) },
    ...{ normWeight: ofHeads(normWeight), normBias: ofHeads(normBias) },
  };
}

function readPart(part: Part, state: TttState, { miniBatch, epsilon, residual }: Required<TttOptions>) {
  const { query, key, learningRate, readScale } = part;
  const count = key.shape[2]!;
  const steps = mul(lossGradient(part, state, epsilon), learningRate);
  const earlier = linalg.bandPart(ones([count, count]) as Tensor2D, -1, 0);
  const scores = mul(add(matMul(query, key, false, true), 1), expandDims(expandDims(earlier, 0), 0));
  const before = add(matMul(query, state.weightGradient), state.biasGradient);
  const moved = mul(readScale, add(matMul(scores, steps), before));
  const z = sub(add(matMul(query, state.weight), state.bias), moved);
  const y = add(residual === 'query' ? query : z, normalized(z, part, epsilon)) as Tensor4D;
  const position = state.position + count;
  const weightGradient = add(state.weightGradient, matMul(key, steps, true, false)) as Tensor4D;
  const biasGradient = add(state.biasGradient, sum(steps, 2, true)) as Tensor4D;
  if (position < miniBatch) return { y, state: { ...state, weightGradient, biasGradient, position } };
  const last = slice(readScale as Tensor4D, [0, 0, count - 1, 0], [-1, -1, 1, 1]);
  const next = {
    weight: sub(state.weight, mul(last, weightGradient)) as Tensor4D,
    bias: sub(state.bias, mul(last, biasGradient)) as Tensor4D,
    weightGradient: zerosLike(weightGradient),
    biasGradient: zerosLike(biasGradient),
    position: 0,
  };
  return { y, state: next };
}

/** The gradient of each position's loss by k W + b. */
function lossGradient(part: Part, { weight, bias }: TttState, epsilon: number): Tensor {
  const { key, value, normWeight, normBias } = part;
  const { standard, deviation } = standardized(add(matMul(key, weight), bias), epsilon);
  const target = sub(value, key);
  const slope = mul(sub(add(mul(standard, normWeight), normBias), target), normWeight);
  const along = mul(standard, mean(mul(slope, standard), -1, true));
  return div(sub(sub(slope, mean(slope, -1, true)), along), deviation);
}

function normalized(z: Tensor, { normWeight, normBias }: Part, epsilon: number): Tensor {
  return add(mul(standardized(z, epsilon).standard, normWeight), normBias);
}

function standardized(z: Tensor, epsilon: number): { standard: Tensor; deviation: Tensor } {
  const centred = sub(z, mean(z, -1, true));
  const deviation = sqrt(add(mean(square(centred), -1, true), epsilon));
  return { standard: div(centred, deviation), deviation };
}

function check(given: TttLinear, miniBatch: number): void {
  const { query, key, value, learningRate, readScale, normWeight, normBias, initialState } = given;
  if (key.rank !== 4) {
    throw new SequiturError({
      where: 'tttLinear, key',
      expected: '[batch, length, heads, size]',
      got: showShape(key.shape),
    });
  }
  const [batch, length, heads, size] = key.shape;
  for (const [name, vectors] of Object.entries({ query, value })) {
    expectTensor(`tttLinear, ${name}`, vectors, { shape: key.shape });
  }
  for (const [name, rates] of Object.entries({ learningRate, readScale })) {
    expectTensor(`tttLinear, ${name}`, rates, { shape: [batch, length, heads] });
  }
  for (const [name, norm] of Object.entries({ normWeight, normBias })) {
    expectTensor(`tttLinear, ${name}`, norm, { shape: [heads, size] });
  }
  const { weight, bias, weightGradient, biasGradient, position } = initialState;
  for (const [name, matrix] of Object.entries({ weight, weightGradient })) {
    expectTensor(`tttLinear, ${name}`, matrix, { shape: [batch, heads, size, size] });
  }
  for (const [name, row] of Object.entries({ bias, biasGradient })) {
    expectTensor(`tttLinear, ${name}`, row, { shape: [batch, heads, 1, size] });
  }
  expectNumber(
    'tttLinear, position',
    position,
    `an integer below the mini-batch of ${miniBatch}`,
    (n) => n >= 0 && n < miniBatch,
  );
}
