import type { NativeKernel, OpInputs, WasmInstance } from '@sequitur/core';
import { type ScanArguments, stateSpaceKernels } from '../wasm-kernels.js';
import { type ScanAttributes, type ScanTensors, sizesOf } from './tensors.js';

/** {the tensors of a scan} -> [y, the last state, the states between chunks]. */
export const scanWasm: NativeKernel<ScanAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = stateSpaceKernels(backend);
  if (!wasm || !fillsVectors(inputs)) return null;
  const { batch, length, inner, state, kept } = sizesOf(inputs as unknown as ScanTensors, attributes);
  const wide = Math.ceil(inner / 4) * 4;
  const [y, last] = [wasm.output([batch, length, inner]), wasm.output([batch, inner, state])];
  const between = wasm.output([batch, attributes.remember ? kept : 0, state * wide]);
  const keeps = attributes.remember && kept > 0;
  wasm.withScratch(wasm.kernels.scanForwardScratchBytes(inner, state), (scratch) =>
    wasm.kernels.scanForward(
      ...argumentsOf(wasm, inputs, attributes),
      ...([wasm.offset(y), wasm.offset(last), keeps ? wasm.offset(between) : 0, scratch] as const),
    ),
  );
  return [y, last, between];
};

/** {the tensors of a scan, between, dy, dFinal} -> the gradients in the order of `SCAN_INPUTS`. */
export const scanGradientWasm: NativeKernel<ScanAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = stateSpaceKernels(backend);
  if (!wasm || !fillsVectors(inputs)) return null;
  const { inner, state } = sizesOf(inputs as unknown as ScanTensors, attributes);
  const names = ['x', 'stepSize', 'stateMatrix', 'inputMatrix', 'outputMatrix', 'skip', 'stepBias', 'initialState'];
  const gradients = names.map((name) => wasm.output(inputs[name]!.shape));
  const chunk = Math.min(attributes.chunk, inputs.x!.shape[1]!);
  wasm.withScratch(wasm.kernels.scanBackwardScratchBytes(inner, state, chunk), (scratch) =>
    wasm.kernels.scanBackward(
      ...argumentsOf(wasm, inputs, { ...attributes, chunk }),
      ...['between', 'dy', 'dFinal'].map((name) => wasm.offset(inputs[name]!)),
      ...gradients.map(wasm.offset),
      scratch,
    ),
  );
  return gradients;
};

function argumentsOf(
  wasm: Pick<WasmInstance, 'offset' | 'offsetOr0'>,
  inputs: OpInputs,
  attributes: ScanAttributes,
): ScanArguments {
  const { batch, length, inner, state, groups } = sizesOf(inputs as unknown as ScanTensors, attributes);
  const at = (name: string) => wasm.offset(inputs[name]!);
  return [
    ...([batch, length, inner, state, groups, attributes.chunk] as const),
    ...([at('x'), at('stepSize'), at('stateMatrix'), at('inputMatrix'), at('outputMatrix')] as const),
    ...([at('skip'), at('stepBias'), at('initialState'), wasm.offsetOr0(inputs.resets), attributes.softplus] as const),
  ];
}

/** Whether the four channels of a vector always share their rows of the matrices. */
function fillsVectors({ x, inputMatrix }: OpInputs): boolean {
  const [inner, groups] = [x!.shape[2]!, inputMatrix!.shape[2]!];
  return groups === 1 || (inner / groups) % 4 === 0;
}
