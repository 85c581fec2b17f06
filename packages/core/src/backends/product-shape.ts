import { broadcast_util, type TensorInfo, util } from '@tensorflow/tfjs-core';

export interface MatMulInputs {
  readonly a: TensorInfo; // [..., m, k], or [..., k, m] transposed
  readonly b: TensorInfo; // [..., k, n], or [..., n, k] transposed
  readonly bias?: TensorInfo; // [n]
}

export interface MatMulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly activation?: string | null;
}

/** Strides between matrices, rows and columns. */
export interface Steps {
  readonly batchStep: number;
  readonly rowStep: number;
  readonly columnStep: number;
}

/** op(A) op(B) for a batch of matrices, [m, k] times [k, n]. */
export interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batches: number;
  /** The shape of the result. */
  readonly shape: readonly number[];
  readonly ofA: Steps;
  readonly ofB: Steps;
}

/** The shape of tfjs's matrix product, or null for other dtypes and other ways of broadcasting. */
export function readProduct({ a, b }: MatMulInputs, { transposeA, transposeB }: MatMulAttributes): Product | null {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return null;
  const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const n = transposeB ? rowsB : columnsB;
  const together = commonBatches(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (!together) return null;
  return {
    ...{ m, n, k },
    batches: together.count,
    shape: [...together.shape, m, n],
    ofA: { batchStep: together.stepA * m * k, ...strides(columnsA, transposeA) },
    ofB: { batchStep: together.stepB * k * n, ...strides(columnsB, transposeB) },
  };
}

function strides(columns: number, transposed: boolean): Omit<Steps, 'batchStep'> {
  return transposed ? { rowStep: 1, columnStep: columns } : { rowStep: columns, columnStep: 1 };
}

/** How batch dimensions broadcast: equal, or one of them a single matrix. */
function commonBatches(a: readonly number[], b: readonly number[]) {
  const countA = util.sizeFromShape([...a]);
  const countB = util.sizeFromShape([...b]);
  if (util.arraysEqual([...a], [...b])) return { shape: a, count: countA, stepA: 1, stepB: 1 };
  const shape = broadcast_util.assertAndGetBroadcastShape([...a], [...b]);
  if (countB === 1) return { shape, count: countA, stepA: 1, stepB: 0 };
  if (countA === 1) return { shape, count: countB, stepA: 0, stepB: 1 };
  return null;
}
