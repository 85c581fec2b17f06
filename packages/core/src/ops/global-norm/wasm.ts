import { wasmInstance } from '../../backends/wasm/instance.js';
import type { NativeKernel } from '../define-op.js';

export const squaredSumWasm: NativeKernel<object> = ({ inputs: { x }, backend }) => {
  const wasm = wasmInstance(backend);
  if (!wasm) return null;
  const output = wasm.output([]);
  wasm.values(output)[0] = wasm.kernels.sumOfSquares(x!.size, wasm.offset(x!));
  return [output];
};
