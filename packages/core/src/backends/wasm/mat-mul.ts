import { broadcast_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { replaceKernel } from '../replace-kernel.js';
import { type WasmInstance, wasmInstance } from './instance.js';

interface MatMulInputs {
  readonly a: TensorInfo; // [..., m, k], or [..., k, m] transposed
  readonly b: TensorInfo; // [..., k, n], or [..., n, k] transposed
  readonly bias?: TensorInfo; // [n]
}

interface MatMulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly activation?: string | null;
}

/**
 * Replaces tfjs's products, which run in a slow loop for all but the plain one of two matrices, by ours. What the fused
 * form may carry beside a row bias (an activation, a bias of another shape) goes to tfjs's own kernel.
 */
export function registerMatMul(): void {
  replaceKernel<MatMulInputs, MatMulAttributes>(
    'wasm',
    'BatchMatMul',
    (stock) => (call) => multiply(call.inputs, call.attrs, wasmInstance(call.backend)) ?? stock(call),
  );
  replaceKernel<MatMulInputs, MatMulAttributes>('wasm', '_FusedMatMul', (stock) => (call) => {
    const { inputs, attrs } = call;
    const plain = !attrs.activation || attrs.activation === 'linear';
    return (plain ? multiply(inputs, attrs, wasmInstance(call.backend)) : null) ?? stock(call);
  });
}

/** op(A) op(B) + bias, or null where this is no case of ours. */
function multiply(
  { a, b, bias }: MatMulInputs,
  { transposeA, transposeB }: MatMulAttributes,
  wasm: WasmInstance | null,
): TensorInfo | null {
  if (!wasm || a.dtype !== 'float32' || b.dtype !== 'float32') return null;
  const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const n = transposeB ? rowsB : columnsB;
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== n)) return null;
  const batches = commonBatches(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (!batches) return null;
  const output = wasm.output([...batches.shape, m, n]);
  wasm.kernels.gemmBatch(
    ...([batches.count, m, n, k] as const),
    ...([wasm.offset(a), batches.stepA && m * k, ...strides(columnsA, transposeA)] as const),
    ...([wasm.offset(b), batches.stepB && k * n, ...strides(columnsB, transposeB)] as const),
    ...([wasm.offset(output), m * n, n] as const),
    ...([wasm.offsetOr0(bias), 1, false, wasm.panels] as const),
  );
  return output;
}

function strides(columns: number, transposed: boolean): [row: number, column: number] {
  return transposed ? [1, columns] : [columns, 1];
}

/** How the leading dimensions go together: equal, or one of them a single matrix. */
function commonBatches(a: readonly number[], b: readonly number[]) {
  const countA = util.sizeFromShape([...a]);
  const countB = util.sizeFromShape([...b]);
  if (util.arraysEqual([...a], [...b])) return { shape: a, count: countA, stepA: 1, stepB: 1 };
  const shape = broadcast_util.assertAndGetBroadcastShape([...a], [...b]);
  if (countB === 1) return { shape, count: countA, stepA: 1, stepB: 0 };
  if (countA === 1) return { shape, count: countB, stepA: 0, stepB: 1 };
  return null;
}
