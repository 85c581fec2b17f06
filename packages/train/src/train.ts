import { type CausalModel, type Json, type Module, Random, SequiturError } from '@sequitur/core';
import { CallbackList, type TrainEnd } from './callbacks/callbacks.js';
import { CheckpointStore } from './checkpoints/checkpoint-store.js';
import { checkSameSettings, type EvaluationState, type RunState } from './checkpoints/run-state.js';
import { DataReader, type TrainingData } from './data-reader.js';
import { evaluate } from './evaluate.js';
import { computeGradients, disposeGradients, expectFinite } from './gradients.js';
import { type LossFunction, nextTokenLoss, type TokenBatch, totalLabels } from './losses.js';
import { describeOptimizer } from './optimizers/optimizer.js';
import { checkTraining, type TrainOptions } from './train-options.js';
import type { TrainProgress } from './train-progress.js';
import { applyGradients } from './train-step.js';

/**
 * Trains a model, and yields the progress after every step: a causal model with the next-token loss, any other with the
 * loss of the options. Leaving the loop stops the training; the model keeps its parameters. With checkpoints a run can
 * be killed at any moment and is resumed by the same call, on cpu bit for bit.
 *
 * @throws SequiturError at once where an option is invalid; when the loss or its gradient is not finite, before
 *   anything is updated or saved; and when a checkpoint cannot be written or does not match
 */
export function train<M extends CausalModel>(
  model: M,
  data: TrainingData<TokenBatch>,
  options: TrainOptions<M, TokenBatch>,
): AsyncGenerator<TrainProgress>;
export function train<M extends Module, Batch>(
  model: M,
  data: TrainingData<Batch>,
  options: TrainOptions<M, Batch> & { readonly loss: LossFunction<M, Batch> },
): AsyncGenerator<TrainProgress>;
export function train<M extends Module, Batch>(
  model: M,
  data: TrainingData<Batch>,
  options: TrainOptions<M, Batch>,
): AsyncGenerator<TrainProgress> {
  checkTraining(model, data, options);
  return steps(model, data, options);
}

async function* steps<M extends Module, Batch>(
  model: M,
  data: TrainingData<Batch>,
  options: TrainOptions<M, Batch>,
): AsyncGenerator<TrainProgress> {
  const run = await Run.start(model, data, options);
  const callbacks = new CallbackList(options.callbacks ?? []);
  let end: Omit<TrainEnd, 'step'> = { reason: 'left' };
  try {
    await callbacks.start({ step: run.steps, steps: options.steps });
    while (!run.finished && !options.signal?.aborted) {
      const progress = await run.step();
      if (!progress) continue;
      await callbacks.step(progress);
      yield progress;
    }
    const checkpoint = await run.saveLast();
    if (checkpoint !== null) await callbacks.checkpoint({ step: run.steps, checkpoint });
    options.signal?.throwIfAborted();
    end = { reason: 'finished' };
  } catch (error) {
    end = { reason: options.signal?.aborted ? 'aborted' : 'failed', error };
    throw error;
  } finally {
    try {
      await run.close();
    } finally {
      await callbacks.end({ step: run.steps, ...end });
    }
  }
}

/** A training run between two steps. */
class Run<M extends Module, Batch> {
  readonly #model: M;
  readonly #options: TrainOptions<M, Batch>;
  readonly #loss: LossFunction<M, Batch>;
  readonly #store: CheckpointStore | null;
  readonly #reader: DataReader<Batch>;
  readonly #random: Random;
  #step: number;
  #saved: number;
  #evaluation: EvaluationState;
  #dataEnded = false;

  private constructor(
    model: M,
    options: TrainOptions<M, Batch>,
    reader: DataReader<Batch>,
    store: CheckpointStore | null,
    saved: RunState | null,
  ) {
    this.#model = model;
    this.#options = options;
    this.#loss = options.loss ?? (nextTokenLoss as unknown as LossFunction<M, Batch>);
    this.#reader = reader;
    this.#store = store;
    this.#random = saved ? Random.fromState(saved.random) : Random.fromSeed(options.seed ?? 0);
    this.#step = saved?.step ?? 0;
    this.#saved = this.#step;
    this.#evaluation = saved?.evaluation ?? { best: null, since: 0 };
  }

  /** Starts, or resumes from the last checkpoint. */
  static async start<M extends Module, Batch>(
    model: M,
    data: TrainingData<Batch>,
    options: TrainOptions<M, Batch>,
  ): Promise<Run<M, Batch>> {
    const { checkpoints, optimizer } = options;
    if (!checkpoints) return new Run(model, options, await DataReader.open(data, null), null, null);
    const { folder, keep, resume = true, changedSettings = 'refuse' } = checkpoints;
    const store = await CheckpointStore.open(folder, { keep });
    try {
      if (!resume && store.names.length > 0) throw occupied(store.names);
      await store.prepare();
      const saved = await store.load(model, optimizer.state, 'last', ({ settings }) => {
        if (changedSettings === 'refuse') checkSameSettings(settings, settingsOf(model, options), 'resumed training');
      });
      return new Run(model, options, await DataReader.open(data, saved), store, saved);
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  /** The number of steps that are done. */
  get steps(): number {
    return this.#step;
  }

  get finished(): boolean {
    const { steps = Infinity, evaluation } = this.#options;
    return this.#dataEnded || this.#step >= steps || this.#evaluation.since >= (evaluation?.patience ?? Infinity);
  }

  /** One training step with evaluation and checkpoint where due; null where the data have ended. */
  async step(): Promise<TrainProgress | null> {
    const { optimizer, maxGradientNorm = 1, accumulate = 1, evaluation, checkpoints, tokensOf = idsIn } = this.#options;
    const started = performance.now();
    const batches = await this.#reader.take(accumulate);
    this.#dataEnded = batches.length < accumulate;
    if (batches.length === 0) return null;
    const step = ++this.#step;
    const [loss, gradientNorm] = await this.#learn(batches, step, maxGradientNorm);
    const tokens = batches.reduce((sum, batch) => sum + tokensOf(batch), 0);
    const tokensPerSecond = (1000 * tokens) / (performance.now() - started);
    const validationLoss = evaluation && step % evaluation.every === 0 ? await this.#evaluate() : undefined;
    const isBest = validationLoss !== undefined && this.#evaluation.since === 0;
    const checkpoint = checkpoints && (isBest || step % checkpoints.every === 0) ? await this.#save(isBest) : undefined;
    return {
      ...{ step, loss, gradientNorm, tokensPerSecond, learningRate: optimizer.learningRate(step) },
      ...(validationLoss !== undefined && { validationLoss }),
      ...(checkpoint !== undefined && { checkpoint }),
    };
  }

  /** Saves the final checkpoint if needed; else null. */
  async saveLast(): Promise<string | null> {
    return this.#store && this.#saved < this.#step ? this.#save(false) : null;
  }

  async close(): Promise<void> {
    try {
      await this.#reader.close();
    } finally {
      await this.#store?.close();
    }
  }

  /** Checks loss and gradient before the update: if they are not finite, model and checkpoints are unchanged. */
  async #learn(
    batches: readonly Batch[],
    step: number,
    maxGradientNorm: number,
  ): Promise<[loss: number, gradientNorm: number]> {
    const random = this.#random.fork(`step ${step}`);
    const labelCounts = totalLabels(`training, step ${step}`, this.#loss, { model: this.#model, batches });
    const losses = batches.map((batch, index) => {
      const context = { random: random.fork(index), labelCounts };
      return () => this.#loss(this.#model, batch, context);
    });
    const computed = computeGradients(this.#model, losses, labelCounts ? 'sum' : 'mean');
    try {
      const [[loss], [norm]] = await Promise.all([computed.value.data(), computed.norm.data()]);
      expectFinite(step, loss!, norm!);
      applyGradients(this.#model, this.#options.optimizer, computed, { step, maxGradientNorm });
      return [loss!, norm!];
    } finally {
      disposeGradients(computed);
    }
  }

  async #evaluate(): Promise<number> {
    const { data, loss = this.#loss } = this.#options.evaluation!;
    const found = await evaluate(this.#model, data(), loss);
    const { best, since } = this.#evaluation;
    const isBest = Number.isFinite(found) && (best === null || found < best);
    this.#evaluation = isBest ? { best: found, since: 0 } : { best, since: since + 1 };
    return found;
  }

  async #save(isBest: boolean): Promise<string> {
    const state: RunState = {
      format: 2,
      step: this.#step,
      batches: this.#reader.batches,
      data: this.#reader.position,
      random: this.#random.state,
      settings: settingsOf(this.#model, this.#options),
      evaluation: this.#evaluation,
    };
    const name = await this.#store!.save(this.#model, this.#options.optimizer.state, state, isBest);
    this.#saved = this.#step;
    return name;
  }
}

/** All settings that affect a step, except the data. */
function settingsOf<M extends Module, Batch>(model: M, options: TrainOptions<M, Batch>): Json {
  const { optimizer, loss, seed = 0, accumulate = 1, maxGradientNorm = 1 } = options;
  const described = loss ? (loss.settings ?? 'a function') : (nextTokenLoss.settings as Json);
  return { optimizer: describeOptimizer(optimizer, model), loss: described, seed, accumulate, maxGradientNorm };
}

/** Number of ids in a batch's `inputs`. */
function idsIn(batch: unknown): number {
  const { inputs = [] } = (batch ?? {}) as Partial<TokenBatch>;
  return inputs.reduce((count, row) => count + (row.length ?? 0), 0);
}

function occupied(names: readonly string[]): SequiturError {
  return new SequiturError({
    where: 'training, checkpoints',
    expected: 'a folder without checkpoints, since resume is false',
    got: names.join(', '),
    fix: 'Choose another folder, remove these files, or resume from them',
  });
}
