import type { NativeKernel } from '@sequitur/core';
import type { SequenceAttributes } from '../sequence-attributes.js';
import { recurrentKernels } from '../wasm-kernels.js';

export const lstmWasm: NativeKernel<SequenceAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = recurrentKernels(backend);
  if (!wasm) return null;
  const [batch, length, wide] = inputs.gates!.shape as [number, number, number];
  const hidden = wide / 4;
  const given = ['gates', 'weight', 'hidden', 'cell', 'real', 'keep'].map((name) => wasm.offset(inputs[name]!));
  const results = [[batch, length, hidden], ...[inputs.hidden!, inputs.cell!].map(({ shape }) => shape)].map((shape) =>
    wasm.output(shape),
  );
  const steps = attributes.remember ? length : 0;
  const kept = [wide, hidden, hidden].map((width) => wasm.output([batch, steps, width]));
  const keptAt = kept.map((tensor) => (attributes.remember ? wasm.offset(tensor) : 0));
  wasm.withScratch(wasm.kernels.stepScratchBytes(batch, hidden, wide), (scratch) =>
    wasm.kernels.lstmForward(batch, length, hidden, ...given, ...results.map(wasm.offset), ...keptAt, scratch),
  );
  return [...results, ...kept];
};

export const lstmGradientWasm: NativeKernel<object> = ({ inputs, backend }) => {
  const wasm = recurrentKernels(backend);
  if (!wasm) return null;
  const { activations, dLastHidden, dLastCell } = inputs;
  const [batch, length, wide] = activations!.shape as [number, number, number];
  const names = ['weight', 'activations', 'cellBefore', 'real', 'keep', 'dOutputs', 'dLastHidden', 'dLastCell'];
  const given = names.map((name) => wasm.offset(inputs[name]!));
  const gradients = [activations!, dLastHidden!, dLastCell!].map(({ shape }) => wasm.output(shape));
  wasm.withScratch(wasm.kernels.stepScratchBytes(batch, wide, wide / 4), (scratch) =>
    wasm.kernels.lstmBackward(batch, length, wide / 4, ...given, ...gradients.map(wasm.offset), scratch),
  );
  return gradients;
};
