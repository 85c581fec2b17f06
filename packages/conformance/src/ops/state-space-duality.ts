import { stateSpaceDuality } from '@sequitur/ssm';
import {
  cumsum,
  expandDims,
  greaterEqual,
  type NamedTensorMap,
  range,
  reshape,
  scalar,
  sub,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  where,
} from '@tensorflow/tfjs-core';
import { type Operation, type OperationCase, withGradients } from './operation.js';

/** ssd_minimal_discrete: X and A are multiplied by the step size, and each head has separate B and C. */
export const stateSpaceDualityCases: Operation = (given) => {
  if (!given.has('X')) return { out: segmentSums(given.input('x')) };
  const chunk = given.attribute<number>('block_len') ?? 64;
  const names = ['X', 'A', 'B', 'C', ...(given.has('initial_states') ? ['initial_states'] : [])];
  const scan = ([x, logDecay, inputMatrix, outputMatrix, initial]: Tensor[]) => {
    const [batch, , heads, headSize] = x!.shape as [number, number, number, number];
    const state = inputMatrix!.shape.at(-1)!;
    return stateSpaceDuality(
      {
        x: x as Tensor4D,
        logDecay: logDecay as Tensor3D,
        inputMatrix: inputMatrix as Tensor4D,
        outputMatrix: outputMatrix as Tensor4D,
        ...(initial && { initialState: reshape(initial, [batch, heads, headSize, state]) as Tensor4D }),
      },
      chunk,
    );
  };
  const outputs = withGradients(given, names, (...tensors) => scan(tensors).y);
  return given.expects('final_state') ? { ...outputs, final_state: finalState(given, names, scan) } : outputs;
};

function finalState(
  given: OperationCase,
  names: readonly string[],
  scan: (tensors: Tensor[]) => NamedTensorMap,
): Tensor {
  return scan(names.map((name) => given.input(name))).state!;
}

/** Sums from each position to each later one, -Infinity to earlier ones; the decays are their exponentials. */
function segmentSums(x: Tensor): Tensor {
  const positions = range(0, x.shape.at(-1)!, 1, 'int32');
  const total = cumsum(x, x.rank - 1);
  const between = sub(expandDims(total, -1), expandDims(total, -2));
  const earlier = greaterEqual(expandDims(positions, 1), expandDims(positions, 0));
  return where(earlier, between, scalar(-Infinity));
}
