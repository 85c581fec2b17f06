import { wasmInstance } from '../../backends/wasm/instance.js';
import { runOnNumbers } from '../../backends/wasm/rows.js';
import type { NativeKernel } from '../define-op.js';

export const columnSumsWasm: NativeKernel<object> = ({ inputs, backend }) => {
  const wasm = wasmInstance(backend);
  if (!wasm) return null;
  const { x } = inputs;
  const [rows, columns] = x!.shape as [number, number];
  const output = wasm.output([columns]);
  const [from, to] = [wasm.offset(x!), wasm.offset(output)];
  runOnNumbers(wasm, 'columnSums', { count: columns, cost: 4 * rows }, (count, bytes) => [
    ...[rows, count, columns, from + bytes, to + bytes],
  ]);
  return [output];
};
