import { silu } from '@sequitur/core';
import { selectiveScan } from '@sequitur/ssm';
import { mul, type Tensor, type Tensor2D, type Tensor3D, transpose } from '@tensorflow/tfjs-core';
import { type Operation, type OperationCase, withGradients } from './operation.js';

const INPUTS = ['u', 'delta', 'A', 'B', 'C', 'D', 'z', 'delta_bias'];

/** The layouts of selective_scan_ref: u, delta and z [batch, inner, length]; B and C fixed, [batch, (groups,) state, length]. */
export const selectiveScanCases: Operation = (given) => {
  const softplus = given.attribute<boolean>('delta_softplus') ?? false;
  const names = INPUTS.filter((name) => given.has(name));
  const scan = (tensors: Tensor[]) => {
    const of = Object.fromEntries(names.map((name, index) => [name, tensors[index]!]));
    const found = selectiveScan(
      {
        x: channelsLast(of.u!),
        stepSize: channelsLast(of.delta!),
        stateMatrix: of.A as Tensor2D,
        inputMatrix: rowsOf(of.B!),
        outputMatrix: rowsOf(of.C!),
        skip: of.D,
        stepBias: of.delta_bias,
      },
      { softplus },
    );
    const y = of.z ? mul(found.y, silu(channelsLast(of.z))) : found.y;
    return { y: transpose(y, [0, 2, 1]), state: found.state };
  };
  const outputs = withGradients(given, names, (...tensors) => scan(tensors).y);
  return given.expects('last_state') ? { ...outputs, last_state: lastState(given, names, scan) } : outputs;
};

function lastState(
  given: OperationCase,
  names: readonly string[],
  scan: (tensors: Tensor[]) => { state: Tensor },
): Tensor {
  return scan(names.map((name) => given.input(name))).state;
}

function channelsLast(x: Tensor): Tensor3D {
  return transpose(x, [0, 2, 1]) as Tensor3D;
}

/** B or C with the length as the second axis; constant ones unchanged. */
function rowsOf(matrix: Tensor): Tensor {
  if (matrix.rank === 2) return matrix;
  return transpose(matrix, matrix.rank === 3 ? [0, 2, 1] : [0, 3, 1, 2]);
}
