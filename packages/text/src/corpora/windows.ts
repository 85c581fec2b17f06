import { Random, SequiturError } from '@sequitur/core';

/** Token ids and what follows each of them: [batch][length]. */
export interface WindowBatch {
  readonly inputs: readonly Int32Array[];
  readonly labels: readonly Int32Array[];
}

export interface WindowOptions {
  /** Tokens in a window. */
  readonly length: number;
  readonly batchSize: number;
}

/** Endless batches of windows that start anywhere in the tokens, deterministic under the seed. */
export function* randomWindows(
  tokens: ArrayLike<number>,
  { length, batchSize, seed }: WindowOptions & { readonly seed: number | string },
): Generator<WindowBatch> {
  const source = checked(tokens, length);
  const random = Random.fromSeed(seed);
  const starts = source.length - length;
  for (;;)
    yield batchAt(
      source,
      length,
      Array.from({ length: batchSize }, () => random.integer(starts)),
    );
}

/** Batches of windows side by side, from the start on; the last tokens that fill no batch are left out. */
export function* consecutiveWindows(
  tokens: ArrayLike<number>,
  { length, batchSize }: WindowOptions,
): Generator<WindowBatch> {
  const source = checked(tokens, length);
  const windows = Math.floor((source.length - 1) / length);
  for (let first = 0; first + batchSize <= windows; first += batchSize) {
    const starts = Array.from({ length: batchSize }, (_, row) => (first + row) * length);
    yield batchAt(source, length, starts);
  }
}

function batchAt(tokens: Int32Array, length: number, starts: readonly number[]): WindowBatch {
  return {
    inputs: starts.map((start) => tokens.subarray(start, start + length)),
    labels: starts.map((start) => tokens.subarray(start + 1, start + 1 + length)),
  };
}

function checked(tokens: ArrayLike<number>, length: number): Int32Array {
  if (tokens.length > length) return tokens instanceof Int32Array ? tokens : Int32Array.from(tokens);
  throw new SequiturError({
    where: 'windows',
    expected: `more than ${length} tokens, the length of a window`,
    got: `${tokens.length}`,
    fix: 'Take a longer text or shorter windows',
  });
}
