import { Random } from '@sequitur/core';
import { Batches } from '@sequitur/text';
import type { TokenBatch } from '@sequitur/train';

/** One sequence: what is read, and at the places that are asked what is right; -100 elsewhere. */
export interface Example {
  readonly inputs: Int32Array;
  readonly labels: Int32Array;
}

export interface DrawOptions {
  /** Tokens of an example; default that of the training. */
  readonly length?: number;
  /** Whether to ask more than once where the task can, so that an example teaches more. */
  readonly often?: boolean;
  /** Number of tokens to copy, where the task has several; default those of the test. */
  readonly copied?: number;
}

/** A task whose examples are drawn, as many as are asked for. */
export interface Task {
  readonly name: string;
  readonly vocabularySize: number;
  /** Tokens of an example to train on. */
  readonly length: number;
  /** Examples in a batch to train on; shorter ones are as many more as make as many tokens. */
  readonly batchSize: number;
  /** Lengths at which the trained model is asked. */
  readonly testLengths: readonly number[];
  draw(random: Random, options?: DrawOptions): Example;
  /** How the examples of this batch of the training are drawn; the first is number 0. Others are drawn as for the test. */
  curriculum?(batch: number): DrawOptions;
}

/** What no loss and no score looks at. */
export const NOT_ASKED = -100;

interface BatchOptions {
  readonly batchSize: number;
  readonly seed: string;
  /** Default that of the training. */
  readonly length?: number;
  /** Whether the task's curriculum says how the examples are drawn; default no. */
  readonly forTraining?: boolean;
}

/** Endless batches, no two alike; an interrupted run resumes from its position. */
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
