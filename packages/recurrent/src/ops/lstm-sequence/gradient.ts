import { defineOp } from '@sequitur/core';
import { lstmGradientCpu } from './cpu.js';
import { lstmGradientReference } from './reference.js';
import { lstmGradientWasm } from './wasm.js';

/** {weight, activations, cellBefore, real, keep, dOutputs, dLastHidden, dLastCell} -> [dGates, dHidden, dCell]. */
export const lstmGradient = defineOp<object>({
  name: 'SequiturLstmGradient',
  reference: lstmGradientReference,
  kernels: { cpu: lstmGradientCpu, wasm: lstmGradientWasm },
});
