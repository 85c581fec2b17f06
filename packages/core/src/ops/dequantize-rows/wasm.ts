import { wasmInstance } from '../../backends/wasm/instance.js';
import { ranges } from '../../backends/wasm/threads/ranges.js';
import type { NativeKernel } from '../define-op.js';
import { QUANTIZED_FORMATS } from '../quantized/matrix.js';
import type { DequantizeAttributes } from './reference.js';

export const dequantizeRowsWasm: NativeKernel<DequantizeAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = wasmInstance(backend);
  if (!wasm) return null;
  const { format, columns } = attributes;
  const [rows, count] = [inputs.words!.shape[0]!, inputs.ids!.size];
  const y = wasm.output([count, columns]);
  const quantized = [rows, columns, wasm.offset(inputs.words!), wasm.offset(inputs.scales!)];
  const [ids, to] = [wasm.offset(inputs.ids!), wasm.offset(y)];
  const calls = ranges(count, wasm.threads).map((part) => [
    ...[QUANTIZED_FORMATS.indexOf(format), part.count, ...quantized],
    ...[ids + 4 * part.from, to + 4 * part.from * columns],
  ]);
  wasm.runAll('dequantizeRows', calls, wasm.shouldParallelize(count * columns));
  return [y];
};
