import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { SequiturError } from '../../errors.js';
import { showShape } from '../../shape.js';
import { defineOp } from '../define-op.js';
import { expectTensor } from '../expect-tensor.js';
import { onWebGpu } from '../on-webgpu.js';
import { linearScanCpu } from './cpu.js';
import { linearScanGradient } from './gradient.js';
import { linearScanReference } from './reference.js';
import { linearScanWasm } from './wasm.js';

/** {decay, input, initial} -> [states]. */
const linearScanOp = defineOp<object>({
  name: 'SequiturLinearScan',
  reference: ({ decay, input, initial }) => [linearScanReference(decay!, input!, initial!)],
  gradient: {
    inputsToSave: ['decay', 'initial'],
    outputsToSave: [true],
    of: ([dStates], [decay, initial, states]) => {
      const given = { decay: decay!, initial: initial!, states: states!, dStates: dStates! };
      const [dDecay, dInput, dInitial] = linearScanGradient(given, {});
      return { decay: () => dDecay!, input: () => dInput!, initial: () => dInitial! };
    },
  },
  kernels: { cpu: linearScanCpu, wasm: linearScanWasm, webgpu: onWebGpu(({ linearScanWebGpu }) => linearScanWebGpu) },
});

/**
 * The linear scan, a linear recurrence per channel: h ← decay ⊙ h + input (Martin and Cundy 2018, equation 5).
 *
 * @param decay float32 [batch, length, channels]
 * @param input float32 [batch, length, channels]
 * @param initial float32 [batch, channels]: h before the first step
 * @returns h after every step, [batch, length, channels], which the caller disposes
 * @throws SequiturError when a shape or dtype does not match
 */
export function linearScan(decay: Tensor3D, input: Tensor3D, initial: Tensor2D): Tensor3D {
  if (decay.rank !== 3) {
    const expected = 'shape [batch, length, channels]';
    throw new SequiturError({ where: 'linearScan, decay', expected, got: showShape(decay.shape) });
  }
  const [batch, , channels] = decay.shape;
  expectTensor('linearScan, decay', decay);
  expectTensor('linearScan, input', input, { shape: decay.shape });
  expectTensor('linearScan, initial', initial, { shape: [batch, channels] });
  return linearScanOp({ decay, input, initial }, {})[0] as Tensor3D;
}
