import { checkArgument, checkOptions, Module, option, optionsOf } from '@sequitur/core';
import { callbackRules, type TrainCallbacks } from './callbacks/callbacks.js';
import { type CheckpointFiles, checkpointPlace } from './checkpoints/checkpoint-store.js';
import type { TrainingData } from './data-reader.js';
import type { LossFunction } from './losses.js';
import type { Optimizer } from './optimizers/optimizer.js';

export interface TrainOptions<M extends Module, Batch> {
  readonly optimizer: Optimizer;
  /** The loss function; default the next-token loss. */
  readonly loss?: LossFunction<M, Batch> | undefined;
  /** Total number of steps, including those before a resumption; default: until the data end. */
  readonly steps?: number | undefined;
  /** Clips gradients to this global norm; default 1. */
  readonly maxGradientNorm?: number | undefined;
  /** Gradient accumulation: batches per step, whose mean gradient is used; default 1. */
  readonly accumulate?: number | undefined;
  /** The seed of dropout; default 0. */
  readonly seed?: number | string | undefined;
  readonly evaluation?: EvaluationOptions<M, Batch> | undefined;
  readonly checkpoints?: CheckpointOptions | undefined;
  /** Logs, progress bars and other callbacks, called in their order. */
  readonly callbacks?: readonly TrainCallbacks[] | undefined;
  /** The number of tokens of a batch, for the reported speed; default that of the ids in its `inputs`, else 0. */
  readonly tokensOf?: ((batch: Batch) => number) | undefined;
  /** Stops the training after the current step, which is saved where there are checkpoints, and throws its reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface EvaluationOptions<M extends Module, Batch> {
  /** Creates the batches of each evaluation. */
  readonly data: () => Iterable<Batch>;
  /** Steps between evaluations. */
  readonly every: number;
  /** The loss of evaluations; default that of training. */
  readonly loss?: LossFunction<M, Batch> | undefined;
  /** Early stopping: number of evaluations without improvement after which the training stops; default: never. */
  readonly patience?: number | undefined;
}

export interface CheckpointOptions {
  /** A folder on this machine (Node), or files. */
  readonly folder: string | CheckpointFiles;
  /** Steps between checkpoints. */
  readonly every: number;
  /** Number of last checkpoints that are kept, besides the best one; default 3. */
  readonly keep?: number | undefined;
  /** Whether to resume from the last checkpoint, if any (the default); with false the folder must be empty. */
  readonly resume?: boolean | undefined;
  /** Whether settings may differ from those of the saved run; default 'refuse'. */
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
  callbacks: option.optional(callbackRules),
  tokensOf: option.optional(option.callback),
  signal: option.optional(option.signal),
});

/** @throws SequiturError where it is no model */
export function checkModel(where: string, model: Module): void {
  checkArgument(
    `${where}, model`,
    option.kind('a model', (value) => value instanceof Module),
    model,
  );
}

/**
 * Checks the arguments of `train`.
 *
 * @throws SequiturError where the data or an option is invalid
 */
export function checkTraining<M extends Module, Batch>(
  model: M,
  data: TrainingData<Batch>,
  options: TrainOptions<M, Batch>,
): void {
  checkModel('train', model);
  checkArgument('train, data', option.iterable, data);
  checkOptions('train', trainOptions, options as unknown as TrainOptions<Module, unknown>);
}
