import type { NativeKernel } from '@sequitur/core';
import { recurrentKernels } from '../../wasm-kernels.js';
import { runOnSequences } from '../run-on-sequences.js';
import type { SequenceAttributes } from '../sequence-attributes.js';

export const gruWasm: NativeKernel<SequenceAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = recurrentKernels(backend);
  if (!wasm) return null;
  const [batch, length, wide] = inputs.gates!.shape as [number, number, number];
  const hidden = wide / 3;
  const given = ['gates', 'weight', 'bias', 'hidden', 'real', 'keep'].map((name) => wasm.offset(inputs[name]!));
  const results = [wasm.output([batch, length, hidden]), wasm.output(inputs.hidden!.shape)];
  const steps = attributes.saveStates ? length : 0;
  const kept = [4 * hidden, hidden].map((width) => wasm.output([batch, steps, width]));
  const keptAt = kept.map((tensor) => (attributes.saveStates ? wasm.offset(tensor) : 0));
  const product = { inner: hidden, columns: wide, weight: wasm.offset(inputs.weight!), transposed: false };
  const offsets = [...given, ...results.map(wasm.offset), ...keptAt];
  runOnSequences(wasm, 'gruForward', { batch, length, hidden, ...product }, offsets);
  return [...results, ...kept];
};

export const gruGradientWasm: NativeKernel<object> = ({ inputs, backend }) => {
  const wasm = recurrentKernels(backend);
  if (!wasm) return null;
  const [batch, length, hidden] = inputs.before!.shape as [number, number, number];
  const names = ['weight', 'activations', 'before', 'real', 'keep', 'dOutputs', 'dLast'];
  const given = names.map((name) => wasm.offset(inputs[name]!));
  const shapes = [[batch, length, 3 * hidden], [batch, length, 3 * hidden], inputs.dLast!.shape];
  const gradients = shapes.map((shape) => wasm.output(shape));
  const product = { inner: 3 * hidden, columns: hidden, weight: wasm.offset(inputs.weight!), transposed: true };
  const offsets = [...given, ...gradients.map(wasm.offset)];
  runOnSequences(wasm, 'gruBackward', { batch, length, hidden, ...product }, offsets);
  return gradients;
};
