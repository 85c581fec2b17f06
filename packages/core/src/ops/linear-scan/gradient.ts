import { defineOp } from '../define-op.js';
import { linearScanGradientCpu } from './cpu.js';
import { linearScanGradientReference } from './reference.js';
import { linearScanGradientWasm } from './wasm.js';
import { linearScanGradientWebGpu } from './webgpu.js';

/** {decay, initial, states, dStates} -> [dDecay, dInput, dInitial]. */
export const linearScanGradient = defineOp<object>({
  name: 'SequiturLinearScanGradient',
  reference: linearScanGradientReference,
  kernels: { cpu: linearScanGradientCpu, wasm: linearScanGradientWasm, webgpu: linearScanGradientWebGpu },
});
