import type { Module } from '@sequitur/core';
import type { LossFunction, Optimizer, TrainingData } from '@sequitur/train';

/** What is learnt, and how. */
export interface TrainingTask<M extends Module, Batch> {
  /** Of the learning curve. */
  readonly title: string;
  /** Of the losses: `nats per phoneme`. */
  readonly unit: string;
  readonly loss: LossFunction<M, Batch>;
  /** Default the loss that is trained. */
  readonly validationLoss?: LossFunction<M, Batch>;
  /** Fresh endless batches; best those that know their position, such as `shuffledBatches`. */
  readonly data: () => TrainingData<Batch>;
  readonly validation: readonly Batch[];
  /** Number of steps of the run, for schedules. */
  readonly optimizer: (steps: number) => Optimizer;
  /** How many tokens a batch has, for the speed on the screen; default the ids in its `inputs`. */
  readonly tokensOf?: (batch: Batch) => number;
  /** How many there are in a run, unless they would take too much of its time; default 20. */
  readonly evaluations?: number;
  /** Early stopping: evaluations without improvement before the run stops; default never. */
  readonly patience?: number;
  /** How many batches make one step; default 1. */
  readonly accumulate?: number;
  /** Gradients together are at most this long; default 1. */
  readonly maxGradientNorm?: number;
}

/** What came of it; the model is the one of the lowest validation loss. */
export interface Learnt {
  /** All that were taken, those before a resumption too. */
  readonly steps: number;
  /** Of training in this process. */
  readonly minutes: number;
  /** Of the processor in that time, of all threads together: on a machine that is busy otherwise they are fewer. */
  readonly processorMinutes: number;
  readonly parameters: number;
  readonly validationLoss: number;
  readonly interrupted: boolean;
}
