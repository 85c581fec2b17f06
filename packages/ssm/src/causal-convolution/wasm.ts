import type { NativeKernel } from '@sequitur/core';
import { stateSpaceKernels } from '../wasm-kernels.js';
import type { ConvolutionAttributes } from './attributes.js';

/** {x, weight, bias} -> [y]. */
export const convolutionWasm: NativeKernel<ConvolutionAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = stateSpaceKernels(backend);
  if (!wasm) return null;
  const { x, weight, bias } = inputs;
  const [batch, positions, channels] = x!.shape as [number, number, number];
  const kernel = weight!.shape[0]!;
  const y = wasm.output([batch, positions - kernel + 1, channels]);
  wasm.kernels.convolutionForward(
    ...([batch, positions - kernel + 1, channels, kernel, attributes.activation === 'silu'] as const),
    ...[x!, weight!, bias!, y].map(wasm.offset),
  );
  return [y];
};

/** {x, weight, bias, dy} -> [dx, dweight, dbias]. */
export const convolutionGradientWasm: NativeKernel<ConvolutionAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = stateSpaceKernels(backend);
  if (!wasm) return null;
  const { x, weight, bias, dy } = inputs;
  const [batch, positions, channels] = x!.shape as [number, number, number];
  const kernel = weight!.shape[0]!;
  const gradients = [x!, weight!, bias!].map(({ shape }) => wasm.output(shape));
  wasm.kernels.convolutionBackward(
    ...([batch, positions - kernel + 1, channels, kernel, attributes.activation === 'silu'] as const),
    ...[x!, weight!, bias!, dy!, ...gradients].map(wasm.offset),
  );
  return gradients;
};
