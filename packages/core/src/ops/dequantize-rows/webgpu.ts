import { groupsOf, webGpuInstance } from '../../backends/webgpu/compute.js';
import { NOT_FINITE, type WebGpuKernel } from '../../backends/webgpu/kernel.js';
import type { NativeKernel } from '../define-op.js';
import { DEQUANTIZE } from '../quantized/dequantize-wgsl.js';
import { QUANTIZED_FORMATS, type QuantizedFormat, scalesPerRow, wordsPerRow } from '../quantized/matrix.js';
import type { DequantizeAttributes } from './reference.js';

const SIZE = 256;

const kernelOf = (format: QuantizedFormat): WebGpuKernel => ({
  name: `rows of ${format} dequantized`,
  reads: { words: 'i32', scales: 'f32', ids: 'i32' },
  writes: { y: 'f32' },
  parameters: { count: 'u32', rows: 'u32', columns: 'u32', words_per_row: 'u32', scales_per_row: 'u32' },
  workgroupSize: SIZE,
  declarations: `${NOT_FINITE}${DEQUANTIZE[format]}`,
  code: `
  let i = group * SIZE + lane;
  if (i >= p.count) { return; }
  let row = u32(ids[i / p.columns]); // a negative id becomes a large one
  let column = i % p.columns;
  if (row >= p.rows) { y[i] = nan(); return; }
  let scale = scales[select(0u, row * p.scales_per_row + scale_index(column), p.scales_per_row > 0u)];
  y[i] = dequantized(row * p.words_per_row, column) * scale;`,
});

const kernels = Object.fromEntries(QUANTIZED_FORMATS.map((format) => [format, kernelOf(format)]));

export const dequantizeRowsWebGpu: NativeKernel<DequantizeAttributes> = ({ inputs, attributes, backend }) => {
  const gpu = webGpuInstance(backend);
  if (!gpu) return null;
  const { format, columns } = attributes;
  const [rows, count] = [inputs.words!.shape[0]!, inputs.ids!.size];
  const y = gpu.output([count, columns]);
  gpu.compute(kernels[format]!, {
    tensors: { words: inputs.words!, scales: inputs.scales!, ids: inputs.ids!, y },
    parameters: {
      ...{ count: count * columns, rows, columns },
      words_per_row: wordsPerRow(format, columns),
      scales_per_row: scalesPerRow(format, columns),
    },
    workgroups: groupsOf(count * columns, SIZE),
  });
  return [y];
};
