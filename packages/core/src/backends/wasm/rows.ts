import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Offset } from './exports.js';
import type { WasmInstance } from './instance.js';
import { type Range, ranges } from './threads/ranges.js';

export interface Rows {
  readonly count: number;
  /** What one costs: so many multiplications of a product take as long. */
  readonly cost: number;
  /** Rows that stay together. */
  readonly together?: number;
}

/** Parts for each thread, to even out what they have left at the end. */
const PARTS = 2;

/** Runs a kernel on rows of which none depends on another, or on single numbers, each thread taking some of them. */
export function runOnRows<Kernels>(
  wasm: Pick<WasmInstance<Kernels>, 'runAll' | 'threads' | 'shouldParallelize'>,
  kernel: keyof Kernels & string,
  { count, cost, together = 1 }: Rows,
  numbersOf: (rows: Range) => readonly number[],
): void {
  const parts = wasm.shouldParallelize(count * cost) ? PARTS * wasm.threads : 1;
  wasm.runAll(kernel, ranges(count, parts, together).map(numbersOf));
}

/** Numbers that stay together: whole vectors, and whole lines of the cache. */
const LINE = 16;

/** As `runOnRows`, on `count` single numbers; `numbersOf` gets how many to take, and the bytes before them. */
export function runOnNumbers<Kernels>(
  wasm: Pick<WasmInstance<Kernels>, 'runAll' | 'threads' | 'shouldParallelize'>,
  kernel: keyof Kernels & string,
  { count, cost }: Omit<Rows, 'together'>,
  numbersOf: (count: number, bytes: number) => readonly number[],
): void {
  runOnRows(wasm, kernel, { count, cost, together: LINE }, (range) => numbersOf(range.count, 4 * range.from));
}

/** Sums are taken of so many parts, however many threads there are: so their bits do not depend on them. */
const SUMS = 16;

interface SumPlaces {
  /** Each [width]. */
  readonly sums: readonly TensorInfo[];
  /** Numbers of scratch that a call needs. */
  readonly scratch?: number;
}

/**
 * As `runOnRows`, for a kernel that sums over its rows as well: it sums over parts of them, and these sums are added up in
 * their order.
 *
 * @param numbersOf of the rows, where their sums go, and where its scratch lies
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
