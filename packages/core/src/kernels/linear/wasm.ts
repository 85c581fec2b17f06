import { util } from '@tensorflow/tfjs-core';
import { wasmInstance } from '../../backends/wasm/instance.js';
import type { NativeKernel } from '../define-op.js';

/** One product on tfjs's memory, the bias being where its sums start. */
export const linearWasm: NativeKernel<object> = ({ inputs, backend }) => {
  const wasm = wasmInstance(backend);
  if (!wasm) return null;
  const { x, weight, bias } = inputs;
  const [k, n] = weight!.shape as [number, number];
  const m = util.sizeFromShape(x!.shape) / k;
  const output = wasm.output([...x!.shape.slice(0, -1), n]);
  wasm.kernels.gemmBatch(
    ...([1, m, n, k] as const),
    ...([wasm.offset(x!), 0, k, 1] as const),
    ...([wasm.offset(weight!), 0, n, 1] as const),
    ...([wasm.offset(output), 0, n] as const),
    ...([wasm.offsetOr0(bias), 1, false, wasm.panels] as const),
  );
  return [output];
};
