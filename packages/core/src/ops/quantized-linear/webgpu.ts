import { zeros } from '@tensorflow/tfjs-core';
import { webGpuInstance } from '../../backends/webgpu/compute.js';
import { REDUCTIONS, type WebGpuKernel } from '../../backends/webgpu/kernel.js';
import type { NativeKernel } from '../define-op.js';
import type { DequantizeAttributes } from '../dequantize-rows/reference.js';
import { DEQUANTIZE } from '../quantized/dequantize-wgsl.js';
import { QUANTIZED_FORMATS, type QuantizedFormat, scalesPerRow, wordsPerRow } from '../quantized/matrix.js';

/** Rows of x up to which elements are dequantized in registers; for more, whole rows of W are dequantized first. */
const FEW_ROWS = 4;

/** One workgroup for each element of the result. */
const kernelOf = (format: QuantizedFormat): WebGpuKernel => ({
  name: `product with ${format}`,
  reads: { x: 'f32', words: 'i32', scales: 'f32', bias: 'f32' },
  writes: { y: 'f32' },
  parameters: { count: 'u32', rows: 'u32', columns: 'u32', words_per_row: 'u32', scales_per_row: 'u32', biased: 'u32' },
  declarations: `${REDUCTIONS}${DEQUANTIZE[format]}`,
  code: `
  if (group >= p.count) { return; }
  let row = group % p.rows;
  let start = (group / p.rows) * p.columns;
  var sum = 0.0;
  for (var c = lane; c < p.columns; c += SIZE) {
    let scale = scales[select(0u, row * p.scales_per_row + scale_index(c), p.scales_per_row > 0u)];
    sum += x[start + c] * (dequantized(row * p.words_per_row, c) * scale);
  }
  let all = total(lane, sum);
  if (lane == 0u) { y[group] = all + select(0.0, bias[select(0u, row, p.biased == 1u)], p.biased == 1u); }`,
});

const kernels = Object.fromEntries(QUANTIZED_FORMATS.map((format) => [format, kernelOf(format)]));

/** Declines many rows: the reference then multiplies by the dequantized matrix. */
export const quantizedLinearWebGpu: NativeKernel<DequantizeAttributes> = ({ inputs, attributes, backend }) => {
  const gpu = webGpuInstance(backend);
  const [m, columns] = inputs.x!.shape as [number, number];
  if (!gpu || m > FEW_ROWS) return null;
  const { format } = attributes;
  const rows = inputs.words!.shape[0]!;
  const y = gpu.output([m, rows]);
  const none = inputs.bias ? null : zeros([1]);
  gpu.compute(kernels[format]!, {
    tensors: { x: inputs.x!, words: inputs.words!, scales: inputs.scales!, bias: inputs.bias ?? none!, y },
    parameters: {
      ...{ count: m * rows, rows, columns, biased: inputs.bias ? 1 : 0 },
      words_per_row: wordsPerRow(format, columns),
      scales_per_row: scalesPerRow(format, columns),
    },
    workgroups: m * rows,
  });
  none?.dispose();
  return [y];
};
