import { defineOp } from '@sequitur/core';
import { onWebGpu } from '../on-webgpu.js';
import { convolutionGradientCpu } from './cpu.js';
import { type ConvolutionAttributes, causalConvolutionGradientReference } from './reference.js';
import { convolutionGradientWasm } from './wasm.js';

/** {x, weight, bias, dy} -> [dx, dweight, dbias]. */
export const convolutionGradient = defineOp<ConvolutionAttributes>({
  name: 'SequiturCausalConvolutionGradient',
  reference: ({ x, weight, bias, dy }, { activation }) =>
    causalConvolutionGradientReference(x!, weight!, bias!, dy!, activation),
  kernels: {
    cpu: convolutionGradientCpu,
    wasm: convolutionGradientWasm,
    webgpu: onWebGpu(({ convolutionGradientWebGpu }) => convolutionGradientWebGpu),
  },
});
