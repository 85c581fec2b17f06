import type { Product, Steps } from '../product-shape.js';
import type { Offset } from './exports.js';
import type { WasmInstance } from './instance.js';
import { type Range, ranges } from './threads/ranges.js';

/** Offsets of the operands of a product; rows of the result are contiguous. */
export interface ProductPlaces {
  readonly a: Offset;
  readonly b: Offset;
  readonly output: Offset;
  /** [n], the initial value of the sums; 0 for none. */
  readonly bias: Offset;
}

type Factors = Omit<Product, 'shape'>;

/**
 * Parts begin at multiples of this number of rows: whole tiles and cache lines. No part is smaller, since few rows are
 * multiplied by another kernel, and results must not depend on the parts.
 */
const TOGETHER = 16;
/** Parts of this many rows are large enough to make packing worthwhile, and small enough to balance the load. */
const MANY = 256;

/** op(A) op(B) + bias for a batch of matrices; each thread computes parts of the result. */
export function multiplyInParts(wasm: WasmInstance, product: Factors, places: ProductPlaces): void {
  if (isStreamed(product)) multiplyByRowsOfB(wasm, product, places);
  else multiplyByParts(wasm, product, places);
}

function multiplyByParts(wasm: WasmInstance, product: Factors, places: ProductPlaces): void {
  const { m, n, k, ofA, ofB } = product;
  const ofOutput: Steps = { batchStep: m * n, rowStep: n, columnStep: 1 };
  const calls = partsOf(product, wasm).map((part) => [
    ...[part.batches, part.m, part.n, k],
    ...[at(places.a, ofA, part.batch, part.row, 0), ofA.batchStep, ofA.rowStep, ofA.columnStep],
    ...[at(places.b, ofB, part.batch, 0, part.column), ofB.batchStep, ofB.rowStep, ofB.columnStep],
    ...[at(places.output, ofOutput, part.batch, part.row, part.column), ofOutput.batchStep, ofOutput.rowStep],
    ...[places.bias && places.bias + 4 * part.column, wasm.panels],
  ]);
  wasm.runAll('gemmBatch', calls);
}

/** Rows of A up to which memory bounds a product, see `assembly/few-rows.ts`. */
const FEW_ROWS = 4;
/** Elements of B from which on its rows are divided among the threads. */
const LARGE = 2 ** 18;
/** Ranges of rows of B. A constant: the bits of a result must not depend on the number of threads. */
const RANGES = 8;

/** Whether few rows of A are multiplied by a large row-major B, as in decoding. */
function isStreamed({ batches, m, n, k, ofB }: Factors): boolean {
  return batches === 1 && m <= FEW_ROWS && ofB.columnStep === 1 && n * k >= LARGE && k >= RANGES * TOGETHER;
}

/**
 * A B + bias for a B that is streamed: each thread reads whole rows of B, which are contiguous, and the partial sums of
 * all ranges of rows are added in their order. Threads that shared the columns would each read half of every row, which
 * is several times slower.
 */
function multiplyByRowsOfB(wasm: WasmInstance, { m, n, k, ofA, ofB }: Factors, places: ProductPlaces): void {
  const parts = ranges(k, RANGES, TOGETHER);
  wasm.withScratch(4 * parts.length * m * n, (scratch) => {
    const calls = parts.map(({ from, count }, index) => [
      ...[1, m, n, count],
      ...[places.a + 4 * from * ofA.columnStep, 0, ofA.rowStep, ofA.columnStep],
      ...[places.b + 4 * from * ofB.rowStep, 0, ofB.rowStep, ofB.columnStep],
      ...[scratch + 4 * index * m * n, 0, n],
      ...[index === 0 ? places.bias : 0, wasm.panels],
    ]);
    wasm.runAll('gemmBatch', calls, wasm.shouldParallelize(m * n * k));
    wasm.kernels.columnSums(parts.length, m * n, m * n, scratch, places.output);
  });
}

function at(offset: Offset, { batchStep, rowStep, columnStep }: Steps, batch: number, row: number, column: number) {
  return offset + 4 * (batch * batchStep + row * rowStep + column * columnStep);
}

/** A part of the result: rows and columns of some matrices of the batch. */
interface Part {
  readonly batch: number;
  readonly batches: number;
  readonly row: number;
  readonly m: number;
  readonly column: number;
  readonly n: number;
}

function partsOf({ batches, m, n, k }: Factors, { threads, shouldParallelize }: WasmInstance): readonly Part[] {
  const whole: Part = { batch: 0, batches, row: 0, m, column: 0, n };
  if (!shouldParallelize(batches * m * n * k)) return [whole];
  if (batches >= threads) {
    return ranges(batches, 2 * threads).map(({ from, count }) => ({ ...whole, batch: from, batches: count }));
  }
  return Array.from({ length: batches }, (_, batch) => ({ ...whole, batch, batches: 1 })).flatMap((matrix) =>
    m < n
      ? rangesOfLines(n, threads).map(({ from, count }) => ({ ...matrix, column: from, n: count }))
      : rangesOfLines(m, threads).map(({ from, count }) => ({ ...matrix, row: from, m: count })),
  );
}

/** Divides the longer side, so that each thread packs the smaller factor again. */
function rangesOfLines(lines: number, threads: number): readonly Range[] {
  return ranges(lines, lines >= 2 * threads * MANY ? 2 * threads : threads, TOGETHER);
}
