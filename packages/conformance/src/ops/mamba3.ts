import { silu } from '@sequitur/core';
import { rotateByAngles, trapezoidalScan } from '@sequitur/ssm';
import {
  add,
  cumsum,
  floor,
  mul,
  ones,
  reshape,
  sigmoid,
  slice,
  sub,
  sum,
  type Tensor,
  type Tensor3D,
  tanh,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import type { Operation } from './operation.js';
import { recurrenceOf } from './recurrence.js';

const INPUTS = [
  ...['Q', 'K', 'V', 'ADT', 'DT', 'Trap', 'Q_bias', 'K_bias', 'Angles', 'D', 'Z', 'MIMO_V', 'MIMO_O', 'MIMO_Z'],
  ...['angle_state', 'ssm_state', 'k_state', 'v_state'],
];

/** mamba3_siso is mamba3_mimo of rank 1, whose values are not taken apart. */
export const mamba3Cases: Operation = (given) => {
  const isMimo = given.has('MIMO_V');
  return recurrenceOf(given, INPUTS, (inputs) => {
    const { Q, K, V, DT, Angles, D, Z, MIMO_V, MIMO_O, MIMO_Z } = inputs;
    const [batch, length, heads, valueSize] = V!.shape as [number, number, number, number];
    const [rank, keySize] = [isMimo ? Q!.shape[2]! : 1, Q!.shape.at(-1)!];
    const swapped = (x: Tensor) => transpose(x as Tensor3D, [0, 2, 1]); // heads come before time
    const angles = anglesOf(Angles!, swapped(DT!), inputs.angle_state);
    const ofRank = (x: Tensor) => mul(reshape(x, [batch * length, 1, heads, -1]), ones([1, rank, 1, 1]));
    const rows = batch * length;
    const prepared = (x: Tensor, bias: Tensor) => {
      const shared = mul(reshape(x, [rows, rank, -1, keySize]), ones([1, 1, heads, 1])); // by all heads, or one for each
      const biased = add(shared, transposedBias(bias, heads, rank));
      return reshape(rotateByAngles(biased, ofRank(angles)), [batch, length, rank, heads, keySize]);
    };
    const apart = (x: Tensor, parts: Tensor | undefined) =>
      parts ? mul(ofRank(x), transposedBias(parts, heads, rank)) : ofRank(x);
    const value = apart(V!, MIMO_V);
    const matrix = inputs.ssm_state
      ? transpose(inputs.ssm_state, [0, 1, 3, 2])
      : zeros([batch, heads, keySize, valueSize]);
    const before = (x: Tensor | undefined, size: number) =>
      x ? reshape(x, [batch, heads, rank, size]) : zeros([batch, heads, rank, size]);
    const { y, state } = trapezoidalScan({
      ...{ query: prepared(Q!, inputs.Q_bias!), key: prepared(K!, inputs.K_bias!) },
      value: reshape(value, [batch, length, rank, heads, valueSize]),
      ...{ logDecay: swapped(inputs.ADT!), stepSize: swapped(DT!), blend: sigmoid(swapped(inputs.Trap!)) },
      initialState: {
        ...{ matrix: matrix as never, key: before(inputs.k_state, keySize) as never },
        value: before(inputs.v_state, valueSize) as never,
      },
    });
    let out: Tensor = reshape(y, [rows, rank, heads, valueSize]);
    if (D) out = add(out, mul(value, reshape(D, [1, 1, heads, 1])));
    if (Z) out = mul(out, silu(apart(Z, MIMO_Z)));
    if (MIMO_O) out = mul(out, transposedBias(MIMO_O, heads, rank));
    const last = reshape(slice(angles as Tensor, [0, length - 1, 0, 0], [batch, 1, heads, -1]), [batch, heads, -1]);
    const ofHead = (x: Tensor) => (isMimo ? x : reshape(x, [batch, heads, -1]));
    return {
      out: reshape(sum(out, 1), [batch, length, heads, valueSize]),
      final_ssm_state: transpose(state.matrix, [0, 1, 3, 2]),
      ...{ final_k_state: ofHead(state.key), final_v_state: ofHead(state.value) },
      final_angle_state: isMimo ? last : sub(last, mul(floor(mul(last, 1 / TURN)), TURN)),
    };
  });
};

const TURN = 2 * Math.PI;

/** tanh(angle) π Δ, summed up from the state on: [batch, length, heads, angles]. */
function anglesOf(raw: Tensor, stepSize: Tensor, state: Tensor | undefined): Tensor {
  const [batch, length, heads, count] = raw.shape as [number, number, number, number];
  const steps = mul(mul(tanh(raw), Math.PI), reshape(stepSize, [batch, length, heads, 1]));
  const sums = cumsum(steps, 1);
  return state ? add(sums, reshape(state, [batch, 1, heads, count])) : sums;
}

/** [heads, (rank,) size] -> [1, rank, heads, size]. */
function transposedBias(x: Tensor, heads: number, rank: number): Tensor {
  return transpose(reshape(x, [1, heads, rank, -1]), [0, 2, 1, 3]);
}
