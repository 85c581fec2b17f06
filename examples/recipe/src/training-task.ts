import type { Module } from '@sequitur/core';
import type { LossFunction, Optimizer, TrainingData } from '@sequitur/train';

/** A training task: model loss, data, optimizer and evaluation. */
export interface TrainingTask<M extends Module, Batch> {
  /** Title of the learning curve. */
  readonly title: string;
  /** Unit of the losses: `nats per phoneme`. */
  readonly unit: string;
  readonly loss: LossFunction<M, Batch>;
  /** Validation loss; default the training loss. */
  readonly validationLoss?: LossFunction<M, Batch>;
  /** Creates endless batches; resumable ones such as `shuffledBatches` are best. */
  readonly data: () => TrainingData<Batch>;
  readonly validation: readonly Batch[];
  /** Creates the optimizer for a number of steps, which its schedule needs. */
  readonly optimizer: (steps: number) => Optimizer;
  /** Number of tokens of a batch, for the displayed speed; default the number of ids in its `inputs`. */
  readonly tokensOf?: (batch: Batch) => number;
  /** Number of evaluations in a run, unless they would take too much time; default 20. */
  readonly evaluations?: number;
  /** Early stopping: evaluations without improvement before the run stops; default never. */
  readonly patience?: number;
  /** Number of batches per step; default 1. */
  readonly accumulate?: number;
  /** Global norm that gradients are clipped to; default 1. */
  readonly maxGradientNorm?: number;
}

/** Result of a training run; the model is that of the lowest validation loss. */
export interface TrainingResult {
  /** Number of steps, including those before a resumption. */
  readonly steps: number;
  /** Training time in this process, in minutes. */
  readonly minutes: number;
  /** CPU time of all threads in minutes; less than the elapsed time on a loaded machine. */
  readonly processorMinutes: number;
  readonly parameters: number;
  readonly validationLoss: number;
  readonly interrupted: boolean;
}
