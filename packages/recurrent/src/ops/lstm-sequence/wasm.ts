import type { NativeKernel } from '@sequitur/core';
import { recurrentKernels } from '../../wasm-kernels.js';
import { runOnSequences } from '../run-on-sequences.js';
import type { SequenceAttributes } from '../sequence-attributes.js';

export const lstmWasm: NativeKernel<SequenceAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = recurrentKernels(backend);
  if (!wasm) return null;
  const [batch, length, wide] = inputs.gates!.shape as [number, number, number];
  const hidden = wide / 4;
  const given = ['gates', 'weight', 'hidden', 'cell', 'real', 'keep'].map((name) => wasm.offset(inputs[name]!));
  const results = [[batch, length, hidden], ...[inputs.hidden!, inputs.cell!].map(({ shape }) => shape)].map((shape) =>
    wasm.output(shape),
  );
  const kept = [wide, hidden, hidden].map((width) => wasm.output([batch, attributes.saveStates ? length : 0, width]));
  const keptAt = kept.map((tensor) => (attributes.saveStates ? wasm.offset(tensor) : 0));
  const product = { inner: hidden, columns: wide, weight: wasm.offset(inputs.weight!), transposed: false };
  const offsets = [...given, ...results.map(wasm.offset), ...keptAt];
  runOnSequences(wasm, 'lstmForward', { batch, length, hidden, ...product }, offsets);
  return [...results, ...kept];
};

export const lstmGradientWasm: NativeKernel<object> = ({ inputs, backend }) => {
  const wasm = recurrentKernels(backend);
  if (!wasm) return null;
  const { activations, dLastHidden, dLastCell } = inputs;
  const [batch, length, wide] = activations!.shape as [number, number, number];
  const hidden = wide / 4;
  const names = ['weight', 'activations', 'cellBefore', 'real', 'keep', 'dOutputs', 'dLastHidden', 'dLastCell'];
  const given = names.map((name) => wasm.offset(inputs[name]!));
  const gradients = [activations!, dLastHidden!, dLastCell!].map(({ shape }) => wasm.output(shape));
  const product = { inner: wide, columns: hidden, weight: wasm.offset(inputs.weight!), transposed: true };
  const offsets = [...given, ...gradients.map(wasm.offset)];
  runOnSequences(wasm, 'lstmBackward', { batch, length, hidden, ...product }, offsets);
  return gradients;
};
