import { wasmInstance } from '../../backends/wasm/instance.js';
import { runOnNumbers } from '../../backends/wasm/rows.js';
import type { NativeKernel } from '../define-op.js';
import { type DropoutAttributes, dropoutThreshold } from './reference.js';

export const dropoutWasm: NativeKernel<DropoutAttributes> = ({
  inputs: { x },
  attributes: { rate, seed },
  backend,
}) => {
  const wasm = wasmInstance(backend);
  if (!wasm) return null;
  const y = wasm.output(x!.shape);
  const [threshold, scale] = [dropoutThreshold(rate), 1 / (1 - rate)];
  const [from, to] = [wasm.offset(x!), wasm.offset(y)];
  runOnNumbers(wasm, 'dropout', { count: x!.size, cost: 32 }, (count, bytes) => [
    ...[bytes / 4, count, seed, threshold, scale, from + bytes, to + bytes],
  ]);
  return [y];
};
