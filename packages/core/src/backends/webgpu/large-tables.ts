import { engine, type KernelBackend, type Tensor, type Tensor2D, type TensorInfo } from '@tensorflow/tfjs-core';
import type { CopiesRanges } from '../copy-rows.js';
import { webGpuInstance } from './compute.js';
import { partsOf } from './parts.js';

/** A range of rows of a table, as a separate tensor. */
export interface TablePart {
  readonly firstRow: number;
  readonly rows: number;
}

/** The parts in which a table [rows, width] must be bound; null where one binding suffices, or on another backend. */
export function partsOfLargeTable(backend: KernelBackend, shape: readonly number[]): TablePart[] | null {
  const gpu = webGpuInstance(backend);
  const [rows, width] = shape as [number, number];
  if (!gpu || rows * width * 4 <= gpu.mostBindingBytes) return null;
  return partsOf(rows * width, gpu.mostBindingBytes, width).map(({ start, count }) => ({
    firstRow: start / width,
    rows: count / width,
  }));
}

/** A copy of rows of a table [..., width], which the caller disposes. */
export function takeRows(backend: KernelBackend, table: TensorInfo, { firstRow, rows }: TablePart): Tensor2D {
  const width = table.shape[1]!;
  const part = emptyTensor(backend, [rows, width]);
  copying(backend).copyRanges(table, part, [{ from: firstRow * width, to: 0, count: rows * width }]);
  return part as Tensor2D;
}

/** Writes rows to a table that is not read yet. */
export function putRows(backend: KernelBackend, rows: Tensor2D, table: TensorInfo, { firstRow }: TablePart): void {
  copying(backend).copyRanges(rows, table, [{ from: 0, to: firstRow * table.shape[1]!, count: rows.size }]);
}

/** An uninitialised tensor. */
export function emptyTensor(backend: KernelBackend, shape: readonly number[]): Tensor {
  const { dataId } = webGpuInstance(backend)!.output(shape);
  return engine().makeTensorFromDataId(dataId, [...shape], 'float32', backend);
}

function copying(backend: KernelBackend): CopiesRanges {
  return backend as unknown as CopiesRanges;
}
