import { type Offset, type Range, ranges } from '@sequitur/core';
import type { RecurrentInstance } from '../wasm-kernels.js';

/**
 * A recurrence over a batch of sequences, and the product of each of its steps: [batch, inner] times [inner, columns].
 */
export interface Steps {
  readonly batch: number;
  readonly length: number;
  readonly hidden: number;
  readonly inner: number;
  readonly columns: number;
  readonly weight: Offset;
  /** Whether the weight is stored as [columns, inner]. */
  readonly transposed: boolean;
}

type Kernel = 'gruBackward' | 'gruForward' | 'lstmBackward' | 'lstmForward';

/** Sequences whose products are computed together. */
const TILE = 4;

/** Runs a recurrence; each thread runs some of the sequences through all steps. The weight is packed once for all. */
export function runOnSequences(
  wasm: RecurrentInstance,
  kernel: Kernel,
  steps: Steps,
  offsets: readonly Offset[],
): void {
  const { kernels } = wasm;
  const { batch, length, hidden, inner, columns, weight, transposed } = steps;
  const isShared = wasm.shouldParallelize(batch * length * inner * columns);
  const parts = sequenceParts(batch, isShared ? wasm.threads : 1);
  const ofPanels = kernels.stepPanelBytes(batch, inner, columns);
  const ofParts = parts.map(({ count }) => 64 * Math.ceil(kernels.stepScratchBytes(count, inner, columns) / 64));
  const room = ofParts.reduce((sum, bytes) => sum + bytes, ofPanels);
  wasm.withScratch(room, (start) => {
    const [row, column] = transposed ? [1, inner] : [columns, 1];
    if (ofPanels) kernels.packColumns(inner, columns, weight, row, column, start);
    let scratch = start + ofPanels;
    const calls = parts.map(({ from, count }, index) => {
      const call = [from, from + count, ofPanels && start, scratch, length, hidden, ...offsets];
      scratch += ofParts[index]!;
      return call;
    });
    wasm.runAll(kernel, calls);
  });
}

/** One part per thread, in whole tiles if possible; no more, since each part reads the whole weight at every step. */
export function sequenceParts(batch: number, threads: number): readonly Range[] {
  return ranges(Math.ceil(batch / TILE), threads).map(({ from, count }) => {
    const first = from * TILE;
    return { from: first, count: Math.min(batch - first, count * TILE) };
  });
}
