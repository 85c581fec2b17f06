import { wasmInstance } from '../../backends/wasm/instance.js';
import { ranges } from '../../backends/wasm/threads/ranges.js';
import type { NativeKernel } from '../define-op.js';
import type { DequantizeAttributes } from '../dequantize-rows/index.js';
import { GROUP, QUANTIZED_FORMATS, scalesPerRow, wordsPerRow } from '../quantized/matrix.js';

/** Rows of x up to which elements are dequantized in registers; for more, whole rows of W are dequantized first. */
const FEW_ROWS = 4;
/** Rows of W that one thread computes at once: results of whole cache lines. */
const TOGETHER = 16;

/** Declines many rows: the reference then multiplies by the dequantized matrix. */
export const quantizedLinearWasm: NativeKernel<DequantizeAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = wasmInstance(backend);
  const [m, k] = inputs.x!.shape as [number, number];
  if (!wasm || m > FEW_ROWS) return null;
  const { format, columns } = attributes;
  const kind = QUANTIZED_FORMATS.indexOf(format);
  const n = inputs.words!.shape[0]!;
  const y = wasm.output([m, n]);
  const [words, scales, to] = [wasm.offset(inputs.words!), wasm.offset(inputs.scales!), wasm.offset(y)];
  const bias = wasm.offsetOr0(inputs.bias);
  const padded = Math.ceil(columns / GROUP) * GROUP;
  wasm.withScratch(4 * m * (padded + 1), (scratch) => {
    wasm.kernels.quantizedInputs(kind, m, k, padded, wasm.offset(inputs.x!), scratch);
    const calls = ranges(n, wasm.threads, TOGETHER).map(({ from, count }) => [
      ...[kind, m, count, padded, scratch],
      words + 4 * from * wordsPerRow(format, columns),
      scales + 4 * from * scalesPerRow(format, columns),
      ...[bias && bias + 4 * from, to + 4 * from, n],
    ]);
    wasm.runAll('quantizedLinear', calls, wasm.shouldParallelize(m * n * k));
  });
  return [y];
};
