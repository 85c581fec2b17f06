import { groupsOf, webGpuInstance } from '../../backends/webgpu/compute.js';
import type { WebGpuKernel } from '../../backends/webgpu/kernel.js';
import { partsOf } from '../../backends/webgpu/parts.js';
import type { NativeKernel } from '../define-op.js';
import type { ExpertLinearAttributes } from './reference.js';

const SIZE = 64;

/**
 * A workgroup computes 64 outputs of one row; its lanes read neighbouring columns of the matrix, or walk along its rows
 * where it is transposed. Rows whose expert is in another part of the weights are left to that part.
 */
const product = (transposed: boolean): WebGpuKernel => ({
  name: `rows by experts${transposed ? ', transposed' : ''}`,
  reads: { x: 'f32', weight: 'f32', experts: 'i32' },
  writes: { y: 'f32' },
  parameters: { k: 'u32', n: 'u32', blocks: 'u32', count: 'u32', first: 'i32', experts_here: 'i32' },
  workgroupSize: SIZE,
  declarations: 'var<workgroup> row_of_x : array<f32, SIZE>;',
  code: `
  let row = group / p.blocks;
  if (row >= p.count) { return; }
  let expert = experts[row] - p.first;
  if (expert < 0 || expert >= p.experts_here) { return; }
  let column = (group % p.blocks) * SIZE + lane;
  let start = u32(expert) * p.k * p.n;
  var sum = 0.0;
  for (var begin = 0u; begin < p.k; begin += SIZE) {
    workgroupBarrier();
    if (begin + lane < p.k) { row_of_x[lane] = x[row * p.k + begin + lane]; }
    workgroupBarrier();
    if (column < p.n) {
      let end = min(SIZE, p.k - begin);
      for (var i = 0u; i < end; i++) {
        sum += row_of_x[i] * weight[start + ${transposed ? 'column * p.k + begin + i' : '(begin + i) * p.n + column'}];
      }
    }
  }
  if (column < p.n) { y[row * p.n + column] = sum; }`,
});

const KERNELS = { plain: product(false), transposed: product(true) };

/** Lists the rows of each expert: their number, then their indices; one workgroup per expert. */
const listing: WebGpuKernel = {
  name: 'rows of experts',
  reads: { experts: 'i32' },
  writes: { lists: 'i32' },
  parameters: { rows: 'u32', count: 'u32' },
  workgroupSize: 1,
  code: `
  if (group >= p.count) { return; }
  let start = group * (p.rows + 1u);
  var found = 0u;
  for (var row = 0u; row < p.rows; row++) {
    if (experts[row] == i32(group)) { found++; lists[start + found] = i32(row); }
  }
  lists[start] = i32(found);`,
};

/** A lane sums one element of the matrix of an expert over the rows of that expert. */
const outer: WebGpuKernel = {
  name: 'outer products by experts',
  reads: { x: 'f32', dy: 'f32', lists: 'i32' },
  writes: { sums: 'f32' },
  parameters: { rows: 'u32', m: 'u32', n: 'u32', size: 'u32', first: 'u32' },
  workgroupSize: SIZE,
  code: `
  let here = group * SIZE + lane;
  if (here >= p.size) { return; }
  let i = here + p.first;
  let start = (i / (p.m * p.n)) * (p.rows + 1u);
  let line = (i / p.n) % p.m;
  let column = i % p.n;
  let end = u32(lists[start]);
  var sum = 0.0;
  for (var j = 1u; j <= end; j++) {
    let row = u32(lists[start + j]);
    sum += x[row * p.m + line] * dy[row * p.n + column];
  }
  sums[here] = sum;`,
};

export const expertLinearWebGpu: NativeKernel<ExpertLinearAttributes> = ({ inputs, attributes, backend }) => {
  const gpu = webGpuInstance(backend);
  if (!gpu) return null;
  const { x, weight, experts } = inputs as Record<'x' | 'weight' | 'experts', (typeof inputs)[string]>;
  const [, inner, outerSize] = weight.shape as [number, number, number];
  const [k, n] = attributes.transposed ? [outerSize, inner] : [inner, outerSize];
  const rows = x.shape[0]!;
  const [y, size, blocks] = [gpu.output([rows, n]), inner * outerSize, groupsOf(n, SIZE)];
  for (const { start, count } of partsOf(weight.size, gpu.mostBindingBytes, size)) {
    gpu.compute(attributes.transposed ? KERNELS.transposed : KERNELS.plain, {
      tensors: { x, weight: { of: weight, start, count }, experts, y },
      parameters: { k, n, blocks, count: rows, first: start / size, experts_here: count / size },
      workgroups: rows * blocks,
    });
  }
  return [y];
};

export const expertOuterWebGpu: NativeKernel<{ readonly count: number }> = ({ inputs, attributes, backend }) => {
  const gpu = webGpuInstance(backend);
  if (!gpu) return null;
  const { x, dy, experts } = inputs as Record<'x' | 'dy' | 'experts', (typeof inputs)[string]>;
  const [rows, m, n] = [x.shape[0]!, x.shape[1]!, dy.shape[1]!];
  const sums = gpu.output([attributes.count, m, n]);
  const lists = gpu.output([attributes.count, rows + 1], 'int32');
  gpu.compute(listing, {
    tensors: { experts, lists },
    parameters: { rows, count: attributes.count },
    workgroups: attributes.count,
  });
  for (const { start, count } of partsOf(attributes.count * m * n, gpu.mostBindingBytes)) {
    gpu.compute(outer, {
      tensors: { x, dy, lists, sums: { of: sums, start, count } },
      parameters: { rows, m, n, size: count, first: start },
      workgroups: groupsOf(count, SIZE),
    });
  }
  backend.disposeData(lists.dataId);
  return [sums];
};
