import { defineOp } from '../define-op.js';
import { onWebGpu } from '../on-webgpu.js';
import { rmsNormGradientCpu } from './cpu.js';
import { type RmsNormAttributes, rmsNormGradientReference } from './reference.js';
import { rmsNormGradientWasm } from './wasm.js';

/** The gradient: {x, weight, dy} -> [dx, dweight]. */
export const rmsNormGradient = defineOp<RmsNormAttributes>({
  name: 'SequiturRmsNormGradient',
  reference: ({ x, weight, dy }, attributes) => rmsNormGradientReference(x!, weight!, dy!, attributes),
  kernels: {
    cpu: rmsNormGradientCpu,
    wasm: rmsNormGradientWasm,
    webgpu: onWebGpu(({ rmsNormGradientWebGpu }) => rmsNormGradientWebGpu),
  },
});
