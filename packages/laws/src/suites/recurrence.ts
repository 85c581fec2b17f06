import { type Module, type StateTree, type StepContext, scoped } from '@sequitur/core';
import { concat, slice, type Tensor, type Tensor3D } from '@tensorflow/tfjs-core';

/**
 * A causal model (over tokens) or a mixer (over vectors) that reads a sequence chunk by chunk, for the laws of both.
 */
export interface Recurrence {
  /** The module with the parameters. */
  readonly module: Module;
  initState(batchSize: number): StateTree;
  read(chunk: Tensor, state: StateTree, context: StepContext): { output: Tensor3D; state: StateTree };
  /** A random input sequence, [batch, length, ...]. The caller disposes it. */
  draw(batch: number, length: number, seed: string): Tensor;
  dispose(): void;
}

/** The output at each position, and the final state. The caller disposes both. */
export function readAll(
  recurrence: Recurrence,
  sequence: Tensor,
  chunks: readonly number[],
  state: StateTree = recurrence.initState(sequence.shape[0]!),
): { output: Tensor3D; state: StateTree } {
  return scoped(() => {
    const outputs: Tensor3D[] = [];
    let [now, start] = [state, 0];
    for (const length of chunks) {
      const read = recurrence.read(part(sequence, start, length), now, {});
      outputs.push(read.output);
      now = read.state;
      start += length;
    }
    return { output: concat(outputs, 1), state: now };
  });
}

/** Positions [start, start + length) of every row. */
export function part<T extends Tensor>(sequence: T, start: number, length: number): T {
  const { shape } = sequence;
  const from = shape.map((_, axis) => (axis === 1 ? start : 0));
  return slice(
    sequence,
    from,
    shape.map((size, axis) => (axis === 1 ? length : size)),
  ) as T;
}

/** Row i alone. */
export function row<T extends Tensor>(sequence: T, index: number): T {
  const { shape } = sequence;
  const from = shape.map((_, axis) => (axis === 0 ? index : 0));
  return slice(
    sequence,
    from,
    shape.map((size, axis) => (axis === 0 ? 1 : size)),
  ) as T;
}

/** Ways to split `length` positions into chunks: single positions, threes, and uneven ones. */
export function waysToCut(length: number): Record<string, number[]> {
  return {
    'one by one': new Array<number>(length).fill(1),
    'in threes': cut(length, [3]),
    raggedly: cut(length, [2, 1, 4]),
  };
}

function cut(length: number, sizes: readonly number[]): number[] {
  const chunks: number[] = [];
  for (let left = length; left > 0; left -= chunks.at(-1)!)
    chunks.push(Math.min(left, sizes[chunks.length % sizes.length]!));
  return chunks;
}
