import { wasmInstance } from '../../backends/wasm/instance.js';
import { runOnNumbers } from '../../backends/wasm/rows.js';
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
      const [from, to] = [wasm.offset(x!), wasm.offset(y)];
      runOnNumbers(wasm, 'dropout', { count: x!.size, cost: 32 }, (count, bytes) => [
        ...[bytes / 4, count, seed, threshold, scale, from + bytes, to + bytes],
      ]);
      return [y];
    },
    cpu: dropoutCpu,
    webgpu: dropoutWebGpu,
  },
});
