import { sum, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { wasmInstance } from '../../backends/wasm/instance.js';
import { runOnNumbers } from '../../backends/wasm/rows.js';
import { defineOp, type NativeKernel } from '../define-op.js';
import { columnSumsCpu } from './cpu.js';
import { columnSumsWebGpu } from './webgpu.js';

const columnSumsWasm: NativeKernel<object> = ({ inputs, backend }) => {
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

const columnSumsOp = defineOp<object>({
  name: 'SequiturColumnSums',
  reference: ({ x }) => [sum(x!, 0)],
  kernels: { wasm: columnSumsWasm, cpu: columnSumsCpu, webgpu: columnSumsWebGpu },
});

/** x [rows, columns] -> the sum of each column, [columns]: a bias's gradient. For use inside gradients: it has none. */
export function columnSums(x: Tensor2D): Tensor1D {
  return columnSumsOp({ x: x as Tensor }, {})[0] as Tensor1D;
}
