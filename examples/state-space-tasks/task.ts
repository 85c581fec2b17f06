import { Random } from '@sequitur/core';
import { Batches } from '@sequitur/text';
import type { TokenBatch } from '@sequitur/train';

/** One sequence: input ids, and labels at the positions to predict; -100 elsewhere. */
export interface Example {
  readonly inputs: Int32Array;
  readonly labels: Int32Array;
}

export interface DrawOptions {
  /** Length of an example in tokens; default the training length. */
  readonly length?: number;
  /** Whether to ask more than once, if the task supports it. */
  readonly often?: boolean;
  /** Number of tokens to copy, for tasks with several; default as in the test. */
  readonly copied?: number;
}

/** A synthetic task with random examples. */
export interface Task {
  readonly name: string;
  readonly vocabularySize: number;
  /** Length of a training example in tokens. */
  readonly length: number;
  /** Examples per training batch; batches of shorter examples have more, for the same number of tokens. */
  readonly batchSize: number;
  /** Lengths of the test examples. */
  readonly testLengths: readonly number[];
  draw(random: Random, options?: DrawOptions): Example;
  /** Options of the examples of a training batch, numbered from 0; default as in the test. */
  curriculum?(batch: number): DrawOptions;
}

/** Ignored label. */
export const NOT_ASKED = -100;

interface BatchOptions {
  readonly batchSize: number;
  readonly seed: string;
  /** Length of an example; default the training length. */
  readonly length?: number;
  /** Whether the task's curriculum applies; default false. */
  readonly forTraining?: boolean;
}

/** Endless batches without repetition; an interrupted run resumes from its position. */
export function batchesOf(
  task: Task,
  { batchSize, seed, length = task.length, forTraining = false }: BatchOptions,
): Batches<TokenBatch> {
  const all = Random.fromSeed(`${task.name} ${seed}`);
  const identity = { task: task.name, batchSize, seed, length, forTraining };
  return Batches.from(identity, { drawn: 0 }, ({ drawn }) => {
    const random = all.fork(drawn);
    const draw = { length, ...(forTraining && task.curriculum?.(drawn)) };
    const rows = Math.round((batchSize * length) / draw.length);
    const examples = Array.from({ length: rows }, (_, row) => task.draw(random.fork(row), draw));
    const batch = { inputs: examples.map(({ inputs }) => inputs), labels: examples.map(({ labels }) => labels) };
    return { batch, state: { drawn: drawn + 1 } };
  });
}

/** The first `count` batches. */
export function firstBatches(task: Task, count: number, options: BatchOptions): TokenBatch[] {
  const batches: TokenBatch[] = [];
  for (const batch of batchesOf(task, options)) if (batches.push(batch) === count) break;
  return batches;
}
