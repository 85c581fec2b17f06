import { defineOp } from '@sequitur/core';
import { gruGradientCpu } from './cpu.js';
import { gruGradientReference } from './reference.js';
import { gruGradientWasm } from './wasm.js';

/** {weight, activations, before, real, keep, dOutputs, dLast} -> [dInput, dRecurrent, dHidden]. */
export const gruGradient = defineOp<object>({
  name: 'SequiturGruGradient',
  reference: gruGradientReference,
  kernels: { cpu: gruGradientCpu, wasm: gruGradientWasm },
});
