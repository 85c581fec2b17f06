import type { TensorInfo } from '@tensorflow/tfjs-core';
import { channelRanges, ends } from '../../backends/wasm/channel-ranges.js';
import { type WasmInstance, wasmInstance } from '../../backends/wasm/instance.js';
import type { NativeKernel, OpInputs } from '../define-op.js';

/** Cost of one element, in multiplications of a matrix product. */
const COST = { linearScanForward: 8, linearScanBackward: 16 };

/** {decay, input, initial} -> [states]. */
export const linearScanWasm: NativeKernel<object> = ({ inputs, backend }) => {
  const wasm = wasmInstance(backend);
  if (!wasm) return null;
  const { decay, input, initial } = inputs;
  const states = wasm.output(decay!.shape);
  run(wasm, 'linearScanForward', inputs, [decay!, input!, initial!, states]);
  return [states];
};

/** {decay, initial, states, dStates} -> [dDecay, dInput, dInitial]. */
export const linearScanGradientWasm: NativeKernel<object> = ({ inputs, backend }) => {
  const wasm = wasmInstance(backend);
  if (!wasm) return null;
  const { decay, initial, states, dStates } = inputs;
  const gradients = [decay!, decay!, initial!].map(({ shape }) => wasm.output(shape));
  run(wasm, 'linearScanBackward', inputs, [decay!, initial!, states!, dStates!, ...gradients]);
  return gradients;
};

function run(wasm: WasmInstance, kernel: keyof typeof COST, { decay }: OpInputs, tensors: readonly TensorInfo[]): void {
  const [batch, length, channels] = decay!.shape as [number, number, number];
  const ranges = channelRanges(wasm, { batch, channels, multiplications: batch * length * channels * COST[kernel] });
  const offsets = tensors.map(wasm.offset);
  wasm.runAll(
    kernel,
    ranges.map((range) => [...ends(range), length, channels, ...offsets]),
  );
}
