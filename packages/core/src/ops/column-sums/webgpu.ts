import { groupsOf, webGpuInstance } from '../../backends/webgpu/compute.js';
import type { ElementType, NumberType, WebGpuKernel } from '../../backends/webgpu/kernel.js';
import type { NativeKernel } from '../define-op.js';

/** Neighbouring columns per workgroup, each summed by several lanes over interleaved rows. */
export const COLUMNS = 32;
const LANES = 8;

export interface ColumnReduction {
  readonly name: string;
  readonly reads: Readonly<Record<string, ElementType>>;
  /** Among them `rows` and `columns`. */
  readonly parameters: Readonly<Record<string, NumberType>>;
  /** The terms of every output [columns]: a formula of `row`, `column` and `at`, the index in [rows, columns]. */
  readonly sums: Readonly<Record<string, string>>;
}

/** A kernel that sums down the columns, for ceil(columns / COLUMNS) workgroups. */
export function columnReduction({ name, reads, parameters, sums }: ColumnReduction): WebGpuKernel {
  const outputs = Object.keys(sums);
  return {
    name,
    reads,
    writes: Object.fromEntries(outputs.map((output) => [output, 'f32' as const])),
    parameters,
    workgroupSize: COLUMNS * LANES,
    declarations: outputs.map((output) => `var<workgroup> ${output}Parts : array<f32, SIZE>;`).join('\n'),
    code: `
  let column = group * ${COLUMNS}u + lane % ${COLUMNS}u;
  ${outputs.map((output) => `var ${output}Sum = 0.0;`).join(' ')}
  if (column < p.columns) {
    for (var row = lane / ${COLUMNS}u; row < p.rows; row += ${LANES}u) {
      let at = row * p.columns + column;
      ${outputs.map((output) => `${output}Sum += ${sums[output]};`).join('\n      ')}
    }
  }
  ${outputs.map((output) => `${output}Parts[lane] = ${output}Sum;`).join(' ')}
  workgroupBarrier();
  if (lane < ${COLUMNS}u && column < p.columns) {
    for (var part = 1u; part < ${LANES}u; part++) {
      ${outputs.map((output) => `${output}Sum += ${output}Parts[part * ${COLUMNS}u + lane];`).join('\n      ')}
    }
    ${outputs.map((output) => `${output}[column] = ${output}Sum;`).join('\n    ')}
  }`,
  };
}

const columnSumsKernel = columnReduction({
  name: 'column sums',
  reads: { x: 'f32' },
  parameters: { rows: 'u32', columns: 'u32' },
  sums: { y: 'x[at]' },
});

export const columnSumsWebGpu: NativeKernel<object> = ({ inputs: { x }, backend }) => {
  const gpu = webGpuInstance(backend);
  if (!gpu) return null;
  const [rows, columns] = x!.shape as [number, number];
  const y = gpu.output([columns]);
  gpu.compute(columnSumsKernel, {
    tensors: { x: x!, y },
    parameters: { rows, columns },
    workgroups: groupsOf(columns, COLUMNS),
  });
  return [y];
};
