import type { NativeKernel, OpInputs } from '@sequitur/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { ends, partsOf } from '../parts.js';
import { type StateSpaceInstance, stateSpaceKernels } from '../wasm-kernels.js';

/** So many multiplications of a product take as long as one number. */
const COST = { linearScanForward: 8, linearScanBackward: 16 };

/** {decay, input, initial} -> [states]. */
export const linearScanWasm: NativeKernel<object> = ({ inputs, backend }) => {
  const wasm = stateSpaceKernels(backend);
  if (!wasm) return null;
  const { decay, input, initial } = inputs;
  const states = wasm.output(decay!.shape);
  run(wasm, 'linearScanForward', inputs, [decay!, input!, initial!, states]);
  return [states];
};

/** {decay, initial, states, dStates} -> [dDecay, dInput, dInitial]. */
export const linearScanGradientWasm: NativeKernel<object> = ({ inputs, backend }) => {
  const wasm = stateSpaceKernels(backend);
  if (!wasm) return null;
  const { decay, initial, states, dStates } = inputs;
  const gradients = [decay!, decay!, initial!].map(({ shape }) => wasm.output(shape));
  run(wasm, 'linearScanBackward', inputs, [decay!, initial!, states!, dStates!, ...gradients]);
  return gradients;
};

function run(
  wasm: StateSpaceInstance,
  kernel: keyof typeof COST,
  { decay }: OpInputs,
  tensors: readonly TensorInfo[],
): void {
  const [batch, length, channels] = decay!.shape as [number, number, number];
  const parts = partsOf(wasm, { batch, channels, multiplications: batch * length * channels * COST[kernel] });
  const offsets = tensors.map(wasm.offset);
  wasm.runAll(
    kernel,
    parts.map((part) => [...ends(part), length, channels, ...offsets]),
  );
}
