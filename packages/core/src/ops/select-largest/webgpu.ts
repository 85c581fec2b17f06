import { groupsOf, webGpuInstance } from '../../backends/webgpu/compute.js';
import type { WebGpuKernel } from '../../backends/webgpu/kernel.js';
import type { NativeKernel } from '../define-op.js';
import type { SelectLargestAttributes } from './host.js';

const SIZE = 64;

/** As `placesOfLargest`, one row a lane. */
const selection: WebGpuKernel = {
  name: 'places of the largest',
  reads: { x: 'f32' },
  writes: { order: 'i32', y: 'i32' },
  parameters: { rows: 'u32', columns: 'u32', count: 'u32' },
  workgroupSize: SIZE,
  declarations: `
fn precedes(start : u32, a : i32, b : i32) -> bool { return x[start + u32(a)] > x[start + u32(b)]; }
fn before(start : u32, i : u32, j : u32) -> bool { return precedes(start, order[start + i], order[start + j]); }
fn exchange(i : u32, j : u32) {
  let place = order[i];
  order[i] = order[j];
  order[j] = place;
}
fn median(start : u32, a : u32, b : u32, c : u32) -> u32 {
  if (before(start, a, b)) {
    if (before(start, b, c)) { return b; }
    if (before(start, a, c)) { return c; }
    return a;
  }
  if (before(start, a, c)) { return a; }
  if (before(start, b, c)) { return c; }
  return b;
}
fn divideAt(start : u32, first : u32, last : u32) -> u32 {
  exchange(start + first, start + median(start, first + 1u, first + (last - first) / 2u, last - 1u));
  let pivot = order[start + first];
  var left = first + 1u;
  var right = last;
  loop {
    while (left < last && precedes(start, order[start + left], pivot)) { left++; }
    right--;
    while (right > first && precedes(start, pivot, order[start + right])) { right--; }
    if (left >= right) { break; }
    exchange(start + left, start + right);
    left++;
  }
  return left;
}`,
  code: `
  let row = group * SIZE + lane;
  if (row >= p.rows) { return; }
  let start = row * p.columns;
  for (var place = 0u; place < p.columns; place++) { order[start + place] = i32(place); }
  var first = 0u;
  var last = p.columns;
  while (last - first > 3u) {
    let cut = divideAt(start, first, last);
    if (cut < p.count) { first = cut; } else { last = cut; }
  }
  for (var i = first + 1u; i < last; i++) {
    let place = order[start + i];
    var j = i;
    while (j > first && precedes(start, place, order[start + j - 1u])) {
      order[start + j] = order[start + j - 1u];
      j--;
    }
    order[start + j] = place;
  }
  for (var i = 0u; i < p.count; i++) { y[row * p.count + i] = order[start + i]; }`,
};

export const selectLargestWebGpu: NativeKernel<SelectLargestAttributes> = ({ inputs: { x }, attributes, backend }) => {
  const gpu = webGpuInstance(backend);
  if (!gpu) return null;
  const [rows, columns] = x!.shape as [number, number];
  const order = gpu.output([rows, columns], 'int32');
  const y = gpu.output([rows, attributes.count], 'int32');
  gpu.compute(selection, {
    tensors: { x: x!, order, y },
    parameters: { rows, columns, count: attributes.count },
    workgroups: groupsOf(rows, SIZE),
  });
  backend.disposeData(order.dataId);
  return [y];
};
