import { linearMemory, mesa, type TttState, tttLinear } from '@sequitur/ssm';
import {
  log,
  mul,
  ones,
  reshape,
  slice,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tile,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { Operation, OperationCase } from './operation.js';
import { recurrenceOf } from './recurrence.js';

export const titansLinearMemoryCases: Operation = (given) => {
  const names = ['q', 'k', 'v', 'alpha', 'eta', 'theta', 'initial_state', 'initial_momentum'];
  return recurrenceOf(given, names, ({ q, k, v, alpha, eta, theta, initial_state, initial_momentum }) => {
    const { y, state } = linearMemory({
      ...{ query: q as Tensor4D, key: k as Tensor4D, value: v as Tensor4D },
      ...{ logDecay: log(sub(1, alpha!)) as Tensor3D, logMomentum: log(eta!) as Tensor3D },
      learningRate: theta as Tensor3D,
      initialState: initial_state && { matrix: initial_state as Tensor4D, momentum: initial_momentum as Tensor4D },
    });
    return { out: y, final_state: state.matrix, final_momentum: state.momentum };
  });
};

export const mesaNetCases: Operation = (given) => {
  const names = ['q', 'k', 'v', 'g', 'beta', 'lamb', 'initial_kk', 'initial_kv'];
  return recurrenceOf(given, names, ({ q, k, v, g, beta, lamb, initial_kk, initial_kv }) => {
    const { y, state } = mesa({
      ...{ query: q as Tensor4D, key: k as Tensor4D, value: v as Tensor4D, logDecay: g as Tensor3D },
      ...{ inputGate: beta as Tensor3D, regularization: lamb as Tensor2D },
      initialState: initial_kk && { keys: initial_kk as Tensor4D, values: initial_kv as Tensor4D },
    });
    return { out: y, final_kk: state.keys, final_kv: state.values };
  });
};

/** flash-linear-attention's form: the steps are those of the position that reads. */
export const tttLinearCases: Operation = (given) => {
  const [miniBatch, epsilon, scale] = [...sizesOf(given), given.attribute<number | null>('scale')] as const;
  const names = ['q', 'k', 'v', 'eta', 'w', 'b', 'initial_state', 'initial_state_bias'];
  return recurrenceOf(given, names, ({ q, k, v, eta, w, b, initial_state, initial_state_bias }) => {
    const [batch, length, heads, size] = k!.shape as [number, number, number, number];
    const weight = (initial_state ?? zeros([batch, heads, size, size])) as Tensor4D;
    const bias = (initial_state_bias ?? zeros([batch, heads, 1, size])) as Tensor4D;
    const { y, state } = tttLinear(
      {
        ...{ query: mul(q!, scale ?? size ** -0.5) as Tensor4D, key: k as Tensor4D, value: v as Tensor4D },
        ...{
          learningRate: ones([batch, length, heads]) as Tensor3D,
          readScale: reshape(eta!, [batch, length, heads]) as Tensor3D,
        },
        ...{ normWeight: w as Tensor2D, normBias: b as Tensor2D, initialState: startingAt(weight, bias) },
      },
      { miniBatch, epsilon, residual: 'prediction' },
    );
    // A state inside a mini-batch is not one of the reference's.
    return state.position === 0 ? { out: y, final_state: state.weight, final_state_bias: state.bias } : { out: y };
  });
};

/** The authors' form; its final state is that of the last position, also inside a mini-batch. */
export const tttLinearOriginalCases: Operation = (given) => {
  const [miniBatch, epsilon] = sizesOf(given);
  const names = ['q', 'k', 'v', 'lr', 'token_scale', 'w', 'b', 'W', 'c'];
  return recurrenceOf(given, names, ({ q, k, v, lr, token_scale, w, b, W, c }) => {
    const [batch, length, heads, size] = k!.shape as [number, number, number, number];
    const ofBatch = (x: Tensor, rows: number) =>
      mul(ones([batch, 1, 1, 1]), reshape(x, [1, heads, rows, size])) as Tensor4D;
    const repeated = slice(tile(token_scale!, [Math.ceil(length / miniBatch)]), [0], [length]);
    const { y, state } = tttLinear(
      {
        ...{ query: q as Tensor4D, key: k as Tensor4D, value: v as Tensor4D, learningRate: lr as Tensor3D },
        readScale: mul(ones([batch, 1, heads]), reshape(repeated, [1, length, 1])) as Tensor3D,
        ...{ normWeight: w as Tensor2D, normBias: b as Tensor2D },
        initialState: startingAt(ofBatch(W!, size), ofBatch(c!, 1)),
      },
      { miniBatch, epsilon },
    );
    const last = slice(repeated, [length - 1], [1]);
    const moved = state.position > 0;
    const final_W = moved ? sub(state.weight, mul(last, state.weightGradient)) : state.weight;
    return { out: y, final_W, final_c: moved ? sub(state.bias, mul(last, state.biasGradient)) : state.bias };
  });
};

function sizesOf(given: OperationCase): readonly [miniBatch: number, epsilon: number] {
  return [given.attribute<number>('mini_batch_size')!, given.attribute<number>('eps')!];
}

function startingAt(weight: Tensor4D, bias: Tensor4D): TttState {
  return { weight, bias, weightGradient: zerosLike(weight), biasGradient: zerosLike(bias), position: 0 };
}
