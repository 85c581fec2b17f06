import { add, exp, mul, sigmoid, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import { wasmInstance } from '../../backends/wasm/instance.js';
import { runOnNumbers } from '../../backends/wasm/rows.js';
import { defineOp } from '../define-op.js';
import { type ActivationAttributes, KINDS } from './attributes.js';
import { activationCpu, activationGradientCpu } from './cpu.js';
import { geluReference, geluTanhReference, normalDistribution, SLOPE, siluReference } from './reference.js';
import { activationGradientWebGpu, activationWebGpu } from './webgpu.js';

const references = { gelu: geluReference, geluTanh: geluTanhReference, silu: siluReference };

/** Of one number, in multiplications. */
const COST = 64;

/** {x} -> [activation(x)]. */
export const activationOp = defineOp<ActivationAttributes>({
  name: 'SequiturActivation',
  reference: ({ x }, { kind }) => [references[kind](x!)],
  gradient: {
    inputsToSave: ['x'],
    of: ([dy], [x], attributes) => ({ x: () => activationGradient({ x: x!, dy: dy! }, attributes)[0]! }),
  },
  kernels: {
    wasm: ({ inputs: { x }, attributes, backend }) => {
      const wasm = wasmInstance(backend);
      if (!wasm) return null;
      const y = wasm.output(x!.shape);
      const [kind, from, to] = [KINDS[attributes.kind], wasm.offset(x!), wasm.offset(y)];
      runOnNumbers(wasm, 'activationForward', { count: x!.size, cost: COST }, (count, bytes) => [
        ...[kind, count, from + bytes, to + bytes],
      ]);
      return [y];
    },
    cpu: activationCpu,
    webgpu: activationWebGpu,
  },
});

/** {x, dy} -> [dy activation'(x)]. */
const activationGradient = defineOp<ActivationAttributes>({
  name: 'SequiturActivationGradient',
  reference: ({ x, dy }, { kind }) => [mul(dy!, slopes[kind](x!))],
  kernels: {
    wasm: ({ inputs: { x, dy }, attributes, backend }) => {
      const wasm = wasmInstance(backend);
      if (!wasm) return null;
      const dx = wasm.output(x!.shape);
      const [kind, from, slopes, to] = [KINDS[attributes.kind], wasm.offset(x!), wasm.offset(dy!), wasm.offset(dx)];
      runOnNumbers(wasm, 'activationBackward', { count: x!.size, cost: COST }, (count, bytes) => [
        ...[kind, count, from + bytes, slopes + bytes, to + bytes],
      ]);
      return [dx];
    },
    cpu: activationGradientCpu,
    webgpu: activationGradientWebGpu,
  },
});

const slopes = {
  /** Φ(x) + x φ(x) with the normal density φ. */
  gelu: (x: Tensor) => add(normalDistribution(x), mul(mul(x, 1 / Math.sqrt(2 * Math.PI)), exp(mul(square(x), -0.5)))),
  /** s + x s (1 - s) z'(x), with s = σ(z) and z = 2 sqrt(2/π) (x + 0.044715 x³). */
  geluTanh: (x: Tensor) => {
    const share = sigmoid(mul(mul(x, 2 * SLOPE), add(mul(square(x), 0.044715), 1)));
    const inner = add(mul(square(x), 6 * SLOPE * 0.044715), 2 * SLOPE);
    return add(share, mul(mul(x, mul(share, sub(1, share))), inner));
  },
  /** s + x s (1 - s), with s = σ(x). */
  silu: (x: Tensor) => {
    const share = sigmoid(x);
    return add(share, mul(x, mul(share, sub(1, share))));
  },
};
