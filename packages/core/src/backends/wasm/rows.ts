import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Offset } from './exports.js';
import type { WasmInstance } from './instance.js';
import { type Range, ranges } from './threads/ranges.js';

export interface Rows {
  readonly count: number;
  /** Cost of a row, in multiplications of a matrix product. */
  readonly cost: number;
  /** Parts begin at multiples of this number of rows. */
  readonly together?: number;
}

/** Parts per thread, to balance the load at the end. */
const PARTS = 2;

/** Runs a kernel on independent rows or elements, divided over the threads. */
export function runOnRows<Kernels>(
  wasm: Pick<WasmInstance<Kernels>, 'runAll' | 'threads' | 'shouldParallelize'>,
  kernel: keyof Kernels & string,
  { count, cost, together = 1 }: Rows,
  numbersOf: (rows: Range) => readonly number[],
): void {
  const parts = wasm.shouldParallelize(count * cost) ? PARTS * wasm.threads : 1;
  wasm.runAll(kernel, ranges(count, parts, together).map(numbersOf));
}

/** Parts begin at multiples of this number of elements: whole vectors and cache lines. */
const LINE = 16;

/** As `runOnRows`, on `count` single elements; `numbersOf` gets their count and the bytes before them. */
export function runOnNumbers<Kernels>(
  wasm: Pick<WasmInstance<Kernels>, 'runAll' | 'threads' | 'shouldParallelize'>,
  kernel: keyof Kernels & string,
  { count, cost }: Omit<Rows, 'together'>,
  numbersOf: (count: number, bytes: number) => readonly number[],
): void {
  runOnRows(wasm, kernel, { count, cost, together: LINE }, (range) => numbersOf(range.count, 4 * range.from));
}

/** Number of partial sums, a constant: results must not depend on the number of threads. */
const SUMS = 16;

interface SumPlaces {
  /** Each [width]. */
  readonly sums: readonly TensorInfo[];
  /** Elements of scratch memory per call. */
  readonly scratch?: number;
}

/**
 * As `runOnRows`, for a kernel that also sums over rows: partial sums are added in a fixed order.
 *
 * @param numbersOf arguments for the rows, the offset of their sums, and the offset of the scratch memory
 */
export function sumOverRows(
  wasm: WasmInstance,
  kernel: 'layerNormBackward' | 'rmsNormBackward',
  { count, cost }: Rows,
  { sums, scratch = 0 }: SumPlaces,
  numbersOf: (rows: Range, sums: readonly Offset[], scratch: Offset) => readonly number[],
): void {
  const parts = ranges(count, SUMS, SUMS);
  const width = sums[0]!.shape[0]!;
  const [ofSum, ofScratch] = [4 * width * parts.length, 4 * scratch];
  wasm.withScratch(sums.length * ofSum + parts.length * ofScratch, (start) => {
    const partial = sums.map((_, index) => start + index * ofSum); // [parts, width] each
    const calls = parts.map((rows, part) => {
      const places = partial.map((sum) => sum + 4 * width * part);
      return numbersOf(rows, places, start + sums.length * ofSum + part * ofScratch);
    });
    wasm.runAll(kernel, calls, wasm.shouldParallelize(count * cost));
    for (const [index, sum] of sums.entries()) {
      wasm.kernels.columnSums(parts.length, width, width, partial[index]!, wasm.offset(sum));
    }
  });
}
