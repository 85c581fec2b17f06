import { type MlstmState, mlstm } from '@sequitur/ssm';
import {
  clone,
  reshape,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  transpose,
} from '@tensorflow/tfjs-core';
import type { Operation } from './operation.js';
import { recurrenceOf } from './recurrence.js';

const INPUTS = ['q', 'k', 'v', 'i', 'f', 'c_initial', 'n_initial', 'm_initial'];

/** Heads come before time; the parallel form is the recurrence but for ε. */
export const mlstmCases: Operation = (given) => {
  const epsilon = given.attribute<number>('eps')!;
  const outputs = recurrenceOf(given, INPUTS, ({ q, k, v, i, f, c_initial, n_initial, m_initial }) => {
    const swapped = (x: Tensor) => transpose(x as Tensor4D, [0, 2, 1, 3]);
    const gate = (x: Tensor) => transpose(x as Tensor3D, [0, 2, 1]);
    const [batch, heads] = q!.shape as [number, number];
    const initialState: MlstmState | undefined = c_initial && {
      matrix: c_initial as Tensor4D,
      normalizer: n_initial as Tensor3D,
      stabilizer: reshape(m_initial!, [batch, heads]) as Tensor2D,
    };
    const { y, state } = mlstm({
      ...{ query: swapped(q!), key: swapped(k!), value: swapped(v!), inputGate: gate(i!), keepGate: gate(f!) },
      ...{ initialState, epsilon },
    });
    const stabilizer = reshape(state.stabilizer, [batch, heads, 1]);
    return { out: swapped(y), c_final: state.matrix, n_final: state.normalizer, m_final: stabilizer };
  });
  return given.expects('out_parallel') ? { ...outputs, out_parallel: clone(outputs.out!) } : outputs;
};
