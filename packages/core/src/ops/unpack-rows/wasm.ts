import { wasmInstance } from '../../backends/wasm/instance.js';
import { ranges } from '../../backends/wasm/threads/ranges.js';
import type { NativeKernel } from '../define-op.js';
import { PACKED_FORMATS } from '../packed/matrix.js';
import type { UnpackAttributes } from './reference.js';

export const unpackRowsWasm: NativeKernel<UnpackAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = wasmInstance(backend);
  if (!wasm) return null;
  const { format, columns } = attributes;
  const [rows, count] = [inputs.words!.shape[0]!, inputs.ids!.size];
  const y = wasm.output([count, columns]);
  const packed = [rows, columns, wasm.offset(inputs.words!), wasm.offset(inputs.scales!)];
  const [ids, to] = [wasm.offset(inputs.ids!), wasm.offset(y)];
  const calls = ranges(count, wasm.threads).map((part) => [
    ...[PACKED_FORMATS.indexOf(format), part.count, ...packed],
    ...[ids + 4 * part.from, to + 4 * part.from * columns],
  ]);
  wasm.runAll('unpackRows', calls, wasm.shouldParallelize(count * columns));
  return [y];
};
