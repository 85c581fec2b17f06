import { wasmInstance } from '../../backends/wasm/instance.js';
import { defineOp, type Op } from '../define-op.js';
import type { DropoutAttributes } from './attributes.js';
import { dropoutCpu } from './cpu.js';
import { dropoutReference, dropoutThreshold } from './reference.js';
import { dropoutWebGpu } from './webgpu.js';

/** {x} -> [x with some numbers dropped]; the gradient draws the same ones again. */
export const dropoutOp: Op<DropoutAttributes> = defineOp<DropoutAttributes>({
  name: 'SequiturDropout',
  reference: ({ x }, { rate, seed }) => [dropoutReference(x!, rate, seed)],
  gradient: { of: ([dy], _saved, attributes) => ({ x: () => dropoutOp({ x: dy! }, attributes)[0]! }) },
  kernels: {
    wasm: ({ inputs: { x }, attributes: { rate, seed }, backend }) => {
      const wasm = wasmInstance(backend);
      if (!wasm) return null;
      const y = wasm.output(x!.shape);
      const [threshold, scale] = [dropoutThreshold(rate), 1 / (1 - rate)];
      wasm.kernels.dropout(x!.size, seed, threshold, scale, wasm.offset(x!), wasm.offset(y));
      return [y];
    },
    cpu: dropoutCpu,
    webgpu: dropoutWebGpu,
  },
});
