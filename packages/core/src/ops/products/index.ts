import {
  add,
  concat,
  backend as currentBackend,
  type KernelBackend,
  matMul,
  slice,
  type Tensor,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import {
  emptyTensor,
  partsOfLargeTable,
  putRows,
  type TablePart,
  takeRows,
} from '../../backends/webgpu/large-tables.js';

// Products with a table [rows, width] that may exceed the largest binding of a WebGPU device: it is then processed in
// parts. For use inside kernels and gradients: not differentiable.

/** x [n, width] tableᵀ -> [n, rows]. */
export function timesTransposed(x: Tensor2D, table: Tensor2D): Tensor2D {
  return byParts(
    table.shape,
    () => matMul(x, table, false, true),
    (parts, backend) => {
      const products = parts.map((part) => matMul(x, takeRows(backend, table, part), false, true) as Tensor2D);
      return concat(products, 1);
    },
  );
}

/** x [n, rows] table -> [n, width]. */
export function times(x: Tensor2D, table: Tensor2D): Tensor2D {
  return byParts(
    table.shape,
    () => matMul(x, table),
    (parts, backend) => {
      const products = parts.map((part) => matMul(columns(x, part), takeRows(backend, table, part)) as Tensor2D);
      return products.reduce((sum, product) => add(sum, product));
    },
  );
}

/** aᵀ b for a [n, rows] and b [n, width] -> a table [rows, width]. */
export function transposedTimes(a: Tensor2D, b: Tensor2D): Tensor2D {
  const shape = [a.shape[1], b.shape[1]] as const;
  return byParts(
    shape,
    () => matMul(a, b, true, false),
    (parts, backend) => {
      const table = emptyTensor(backend, shape) as Tensor2D;
      for (const part of parts) putRows(backend, matMul(columns(a, part), b, true, false), table, part);
      return table;
    },
  );
}

function byParts(
  shape: readonly number[],
  whole: () => Tensor,
  inParts: (parts: readonly TablePart[], backend: KernelBackend) => Tensor2D,
): Tensor2D {
  const backend = currentBackend();
  const parts = partsOfLargeTable(backend, shape);
  return (parts ? tidy(() => inParts(parts, backend)) : whole()) as Tensor2D;
}

function columns(x: Tensor2D, { firstRow, rows }: TablePart): Tensor2D {
  return slice(x, [0, firstRow], [x.shape[0], rows]);
}
