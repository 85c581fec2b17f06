import { type Offset, type Range, ranges } from '@sequitur/core';
import type { RecurrentInstance } from '../wasm-kernels.js';

/** A recurrence over a batch of texts, and the product that each of its steps takes: [batch, inner] times [inner, columns]. */
export interface Steps {
  readonly batch: number;
  readonly length: number;
  readonly hidden: number;
  readonly inner: number;
  readonly columns: number;
  readonly weight: Offset;
  /** Whether the weight lies as [columns, inner]. */
  readonly transposed: boolean;
}

type Kernel = 'gruBackward' | 'gruForward' | 'lstmBackward' | 'lstmForward';

/** Texts whose products are computed at once. */
const TILE = 4;

/** Runs a recurrence, each thread taking some of the texts through all their steps; the weight is packed once for all. */
export function runOnTexts(wasm: RecurrentInstance, kernel: Kernel, steps: Steps, offsets: readonly Offset[]): void {
  const { kernels } = wasm;
  const { batch, length, hidden, inner, columns, weight, transposed } = steps;
  const isShared = wasm.shouldParallelize(batch * length * inner * columns);
  const parts = textParts(batch, isShared ? wasm.threads : 1);
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

/** A part for each thread, whole tiles as far as there are: no more, since each goes through the whole weight at each step. */
export function textParts(batch: number, threads: number): readonly Range[] {
  return ranges(Math.ceil(batch / TILE), threads).map(({ from, count }) => {
    const first = from * TILE;
    return { from: first, count: Math.min(batch - first, count * TILE) };
  });
}
