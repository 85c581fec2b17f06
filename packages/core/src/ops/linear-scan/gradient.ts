import { defineOp } from '../define-op.js';
import { onWebGpu } from '../on-webgpu.js';
import { linearScanGradientCpu } from './cpu.js';
import { linearScanGradientReference } from './reference.js';
import { linearScanGradientWasm } from './wasm.js';

/** {decay, initial, states, dStates} -> [dDecay, dInput, dInitial]. */
export const linearScanGradient = defineOp<object>({
  name: 'SequiturLinearScanGradient',
  reference: linearScanGradientReference,
  kernels: {
    cpu: linearScanGradientCpu,
    wasm: linearScanGradientWasm,
    webgpu: onWebGpu(({ linearScanGradientWebGpu }) => linearScanGradientWebGpu),
  },
});
