import { groupsOf, webGpuInstance } from '../../backends/webgpu/compute.js';
import { NOT_FINITE, type WebGpuKernel } from '../../backends/webgpu/kernel.js';
import { partsOf } from '../../backends/webgpu/parts.js';
import type { NativeKernel } from '../define-op.js';
import type { EmbedGradientAttributes } from './reference.js';

const SIZE = 256;

/** Rows of the table for ids in [first, first + rows); the others are left to the parts that follow, NaN where none has them. */
const lookup: WebGpuKernel = {
  name: 'embedding lookup',
  reads: { table: 'f32', ids: 'i32' },
  writes: { y: 'f32' },
  parameters: { count: 'u32', width: 'u32', first: 'i32', rows: 'i32' },
  workgroupSize: SIZE,
  declarations: NOT_FINITE,
  code: `
  let i = group * SIZE + lane;
  if (i >= p.count) { return; }
  let row = ids[i / p.width] - p.first;
  if (row >= 0 && row < p.rows) { y[i] = table[u32(row) * p.width + i % p.width]; }
  else if (p.first == 0) { y[i] = nan(); }`,
};

/**
 * One workgroup per id; that of an id's first occurrence sums the rows of dy of all occurrences in order, so that the
 * result is deterministic. The others do nothing.
 */
const scatter: WebGpuKernel = {
  name: 'embedding gradient',
  reads: { dy: 'f32', ids: 'i32' },
  writes: { dtable: 'f32' },
  parameters: { count: 'u32', width: 'u32', first: 'i32', rows: 'i32', padding: 'i32' },
  declarations: 'var<workgroup> earlier : atomic<u32>;',
  code: `
  if (group >= p.count) { return; }
  let id = ids[group];
  for (var j = lane; j < group; j += SIZE) {
    if (ids[j] == id) { atomicStore(&earlier, 1u); }
  }
  workgroupBarrier();
  let row = id - p.first;
  if (atomicLoad(&earlier) != 0u || id == p.padding || row < 0 || row >= p.rows) { return; }
  for (var c = lane; c < p.width; c += SIZE) {
    var sum = 0.0;
    for (var j = group; j < p.count; j++) {
      if (ids[j] == id) { sum += dy[j * p.width + c]; }
    }
    dtable[u32(row) * p.width + c] = sum;
  }`,
};

export const embedWebGpu: NativeKernel<object> = ({ inputs, backend }) => {
  const gpu = webGpuInstance(backend);
  if (!gpu) return null;
  const [table, ids] = [inputs.table!, inputs.ids!];
  const width = table.shape[1]!;
  const y = gpu.output([...ids.shape, width]);
  const parts = partsOf(table.size, gpu.mostBindingBytes, width);
  for (const { start, count } of parts) {
    gpu.compute(lookup, {
      tensors: { table: { of: table, start, count }, ids, y },
      parameters: { count: ids.size * width, width, first: start / width, rows: count / width },
      workgroups: groupsOf(ids.size * width, SIZE),
    });
  }
  return [y];
};

export const embedGradientWebGpu: NativeKernel<EmbedGradientAttributes> = ({ inputs, attributes, backend }) => {
  const gpu = webGpuInstance(backend);
  if (!gpu) return null;
  const [dy, ids] = [inputs.dy!, inputs.ids!];
  const { padding, vocabularySize } = attributes;
  const width = dy.shape.at(-1)!;
  const dtable = gpu.output([vocabularySize, width]);
  gpu.clear(dtable);
  for (const { start, count } of partsOf(vocabularySize * width, gpu.mostBindingBytes, width)) {
    gpu.compute(scatter, {
      tensors: { dy, ids, dtable: { of: dtable, start, count } },
      parameters: { count: ids.size, width, first: start / width, rows: count / width, padding },
      workgroups: ids.size,
    });
  }
  return [dtable];
};
