import { checkArgument, checkOptions, type Module, option, optionsOf } from '@sequitur/core';
import { type CheckpointFiles, checkpointPlace } from './checkpoints/checkpoint-store.js';
import type { TrainingData } from './data-reader.js';
import type { LossFunction } from './losses.js';
import type { Optimizer } from './optimizers/optimizer.js';

export interface TrainOptions<M extends Module, Batch> {
  readonly optimizer: Optimizer;
  /** What is made small; default the loss of the next token. */
  readonly loss?: LossFunction<M, Batch> | undefined;
  /** How many steps in all, those before a resumption included; default until the data end. */
  readonly steps?: number | undefined;
  /** Gradients together are at most this long; default 1. */
  readonly maxGradientNorm?: number | undefined;
  /** How many batches make one step, by the mean of their gradients; default 1. */
  readonly accumulate?: number | undefined;
  /** Of dropout; default 0. */
  readonly seed?: number | string | undefined;
  readonly evaluation?: EvaluationOptions<M, Batch> | undefined;
  readonly checkpoints?: CheckpointOptions | undefined;
  /** How many tokens a batch has, for the speed; default the ids in its `inputs`, 0 where it has none. */
  readonly tokensOf?: ((batch: Batch) => number) | undefined;
  /** Ends the training with its reason after the step at hand, which is saved where there are checkpoints. */
  readonly signal?: AbortSignal | undefined;
}

export interface EvaluationOptions<M extends Module, Batch> {
  /** Fresh batches for every evaluation. */
  readonly data: () => Iterable<Batch>;
  /** After how many steps. */
  readonly every: number;
  /** Default the loss that is trained. */
  readonly loss?: LossFunction<M, Batch> | undefined;
  /** Ends the training after so many evaluations in a row without a new lowest loss; default never. */
  readonly patience?: number | undefined;
}

export interface CheckpointOptions {
  /** A folder of this machine (Node), or files of any kind. */
  readonly folder: string | CheckpointFiles;
  /** After how many steps. */
  readonly every: number;
  /** How many of the last ones stay; default 3. The best one stays beside them. */
  readonly keep?: number | undefined;
  /** Go on from the last checkpoint there, if any (the default); false: the folder must hold none. */
  readonly resume?: boolean | undefined;
  /** What happens where settings are not those that the run began with; default 'refuse'. */
  readonly changedSettings?: 'refuse' | 'accept' | undefined;
}

const evaluationOptions = optionsOf<EvaluationOptions<Module, unknown>>({
  data: option.callback,
  every: option.count,
  loss: option.optional(option.callback),
  patience: option.optional(option.count),
});

const checkpointOptions = optionsOf<CheckpointOptions>({
  folder: checkpointPlace,
  every: option.count,
  keep: option.optional(option.count),
  resume: option.optional(option.flag),
  changedSettings: option.optional(option.oneOf('refuse', 'accept')),
});

const trainOptions = optionsOf<TrainOptions<Module, unknown>>({
  optimizer: option.having('an optimizer', 'update', 'dispose'),
  loss: option.optional(option.callback),
  steps: option.optional(option.count),
  maxGradientNorm: option.optional(option.bound),
  accumulate: option.optional(option.count),
  seed: option.optional(option.seed),
  evaluation: option.optional(evaluationOptions),
  checkpoints: option.optional(checkpointOptions),
  tokensOf: option.optional(option.callback),
  signal: option.optional(option.signal),
});

/** @throws SequiturError where data or an option are not as `train` takes them */
export function checkTraining<M extends Module, Batch>(
  data: TrainingData<Batch>,
  options: TrainOptions<M, Batch>,
): void {
  checkArgument('train, data', option.iterable, data);
  checkOptions('train', trainOptions, options as unknown as TrainOptions<Module, unknown>);
}

/** How a step of training went. */
export interface TrainProgress {
  /** Counted from 1. */
  readonly step: number;
  /** Mean loss of the step's batches before the update; of the next token in nats. */
  readonly loss: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
  /** Of this step, by `tokensOf`. */
  readonly tokensPerSecond: number;
  /** Where this step was followed by an evaluation. */
  readonly validationLoss?: number;
  /** The checkpoint that was saved after this step. */
  readonly checkpoint?: string;
}
