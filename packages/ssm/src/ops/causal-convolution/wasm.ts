import { type NativeKernel, runOnRows, TOGETHER } from '@sequitur/core';
import { stateSpaceKernels } from '../../wasm-kernels.js';
import type { ConvolutionAttributes } from './reference.js';

/** Cost of a tap, in multiplications of a matrix product. */
const COST = { forward: 16, backward: 48 };

/** {x, weight, bias} -> [y]. */
export const convolutionWasm: NativeKernel<ConvolutionAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = stateSpaceKernels(backend);
  if (!wasm) return null;
  const { x, weight, bias } = inputs;
  const [batch, positions, channels] = x!.shape as [number, number, number];
  const kernel = weight!.shape[0]!;
  const length = positions - kernel + 1;
  const y = wasm.output([batch, length, channels]);
  const offsets = [x!, weight!, bias!, y].map(wasm.offset);
  const rows = { count: batch * length, cost: channels * kernel * COST.forward };
  runOnRows(wasm, 'convolutionForward', rows, ({ from, count }) => [
    ...[from, from + count, length, channels, kernel, Number(attributes.activation === 'silu')],
    ...offsets,
  ]);
  return [y];
};

/** {x, weight, bias, dy} -> [dx, dweight, dbias]. */
export const convolutionGradientWasm: NativeKernel<ConvolutionAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = stateSpaceKernels(backend);
  if (!wasm) return null;
  const { x, weight, bias, dy } = inputs;
  const [batch, positions, channels] = x!.shape as [number, number, number];
  const kernel = weight!.shape[0]!;
  const length = positions - kernel + 1;
  const gradients = [x!, weight!, bias!].map(({ shape }) => wasm.output(shape));
  const offsets = [x!, weight!, bias!, dy!, ...gradients].map(wasm.offset);
  // Divided by channels, since the gradients of their taps are summed over the whole batch.
  const rows = { count: channels, cost: batch * length * kernel * COST.backward, together: TOGETHER };
  runOnRows(wasm, 'convolutionBackward', rows, ({ from, count }) => [
    ...[from, from + count, batch, length, channels, kernel, Number(attributes.activation === 'silu')],
    ...offsets,
  ]);
  return gradients;
};
