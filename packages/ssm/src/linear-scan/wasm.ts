import type { NativeKernel } from '@sequitur/core';
import { stateSpaceKernels } from '../wasm-kernels.js';

/** {decay, input, initial} -> [states]. */
export const linearScanWasm: NativeKernel<object> = ({ inputs, backend }) => {
  const wasm = stateSpaceKernels(backend);
  if (!wasm) return null;
  const { decay, input, initial } = inputs;
  const [batch, length, channels] = decay!.shape as [number, number, number];
  const states = wasm.output(decay!.shape);
  const tensors = [decay!, input!, initial!, states];
  wasm.kernels.linearScanForward(batch, length, channels, ...tensors.map(wasm.offset));
  return [states];
};

/** {decay, initial, states, dStates} -> [dDecay, dInput, dInitial]. */
export const linearScanGradientWasm: NativeKernel<object> = ({ inputs, backend }) => {
  const wasm = stateSpaceKernels(backend);
  if (!wasm) return null;
  const { decay, initial, states, dStates } = inputs;
  const [batch, length, channels] = decay!.shape as [number, number, number];
  const gradients = [decay!, decay!, initial!].map(({ shape }) => wasm.output(shape));
  const tensors = [decay!, initial!, states!, dStates!, ...gradients];
  wasm.kernels.linearScanBackward(batch, length, channels, ...tensors.map(wasm.offset));
  return gradients;
};
