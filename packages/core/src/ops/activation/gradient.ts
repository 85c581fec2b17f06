import { defineOp } from '../define-op.js';
import { onWebGpu } from '../on-webgpu.js';
import { activationGradientCpu } from './cpu.js';
import { type ActivationAttributes, activationGradientReference } from './reference.js';
import { activationGradientWasm } from './wasm.js';

/** {x, dy} -> [dy activation'(x)]. */
export const activationGradient = defineOp<ActivationAttributes>({
  name: 'SequiturActivationGradient',
  reference: ({ x, dy }, attributes) => [activationGradientReference(x!, dy!, attributes)],
  kernels: {
    cpu: activationGradientCpu,
    wasm: activationGradientWasm,
    webgpu: onWebGpu(({ activationGradientWebGpu }) => activationGradientWebGpu),
  },
});
