import { rgLru } from '@sequitur/ssm';
import {
  add,
  cast,
  equal,
  matMul,
  reshape,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  transpose,
} from '@tensorflow/tfjs-core';
import type { Operation } from './operation.js';
import { recurrenceOf } from './recurrence.js';

const INPUTS = ['x', 'a_param', 'a_gate.w', 'a_gate.b', 'input_gate.w', 'input_gate.b', 'initial_state'];

/** The gates are block-diagonal: one matrix for each head. */
export const rgLruCases: Operation = (given) => {
  given.attribute('heads'); // the number of blocks in the weights
  const resets = cast(equal(given.input('segment_pos'), 0), 'float32') as Tensor2D;
  return recurrenceOf(given, INPUTS, (inputs) => {
    const gate = (name: string) => blocks(inputs.x as Tensor3D, inputs[`${name}.w`]!, inputs[`${name}.b`]!);
    const { y, state } = rgLru({
      ...{ x: inputs.x as Tensor3D, inputGate: gate('input_gate'), decayGate: gate('a_gate') },
      ...{ decayRate: inputs.a_param!, initialState: inputs.initial_state as Tensor2D | undefined, resets },
    });
    return { out: y, final_state: state };
  });
};

function blocks(x: Tensor3D, weight: Tensor, bias: Tensor): Tensor3D {
  const [heads, size] = weight.shape as [number, number];
  const byHead = transpose(reshape(x, [-1, heads, size]), [1, 0, 2]);
  return add(reshape(transpose(matMul(byHead, weight), [1, 0, 2]), x.shape), reshape(bias, [-1]));
}
