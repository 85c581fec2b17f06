import type { KernelBackend, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { SequiturError } from '../errors.js';
import { wasmInstance } from './wasm/instance.js';

/** A backend whose tensors can be written in place. */
export interface CopiesRanges {
  /** Copies `count` elements of float32 `source` from index `from` on to index `to` of `target`, for each range. */
  copyRanges(source: TensorInfo, target: TensorInfo, ranges: readonly CopiedRange[]): void;
}

export interface CopiedRange {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/**
 * Overwrites a range of positions of `target` in place: in every row of the batch, `count` positions starting at `to`
 * become those of `source` starting at `from`. tfjs treats tensors as constants: callers must know that nothing else
 * reads them.
 *
 * @param source float32 [batch, positions, ...]
 * @param target float32 [batch, other positions, ...], the same batch and last axes
 */
export function copyRows(
  backend: KernelBackend,
  source: Tensor,
  from: number,
  target: Tensor,
  to: number,
  count: number,
): void {
  const size = source.size / (source.shape[0]! * source.shape[1]!);
  const ranges = Array.from({ length: source.shape[0]! }, (_, row) => ({
    from: (row * source.shape[1]! + from) * size,
    to: (row * target.shape[1]! + to) * size,
    count: count * size,
  }));
  if (canCopyRanges(backend)) {
    backend.copyRanges(source, target, ranges);
    return;
  }
  const [read, write] = [valuesOf(backend, source), valuesOf(backend, target)];
  for (const range of ranges) write.set(read.subarray(range.from, range.from + range.count), range.to);
}

function canCopyRanges(backend: KernelBackend): backend is KernelBackend & CopiesRanges {
  return 'copyRanges' in backend;
}

/** A view of a tensor's elements: in the wasm memory, or in the array of the cpu backend. */
function valuesOf(backend: KernelBackend, tensor: Tensor): Float32Array {
  const wasm = wasmInstance(backend);
  if (wasm) return wasm.values(tensor);
  const { data } = backend as unknown as { data?: { get(id: object): { values: Float32Array } } };
  if (data) return data.get(tensor.dataId).values;
  throw new SequiturError({
    where: 'copyRows',
    expected: 'a backend opened by openBackend',
    got: backend.constructor.name,
    fix: 'Call openBackend before using a model',
  });
}
