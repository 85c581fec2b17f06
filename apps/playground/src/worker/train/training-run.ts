import { type Fault, faultOf } from '../../protocol/messages.js';
import {
  type Backend,
  initialize,
  type LanguageModel,
  type Optimizer,
  parameterCount,
  type TrainProgress,
  train,
} from '../packages.js';
import { folderOf, type Store } from '../storage/store.js';
import type { RunData } from './data.js';
import { optimizerOf } from './optimizers.js';
import { modelOf } from './parts.js';
import type { Record } from './record.js';
import { milestonesOf, sampleOf } from './samples.js';
import { scoreOf } from './scores.js';

/** One float32 for a parameter and two for its AdamW moments. */
const BYTES_PER_PARAMETER = 12;
const KEPT_CHECKPOINTS = 2;

/** A run while it trains: the model is in memory from the first step to the pause or the end. */
export class TrainingRun {
  readonly record: Record;
  readonly #data: RunData;
  readonly #backend: Backend;
  readonly #model: LanguageModel;
  readonly #optimizer: Optimizer;
  readonly #steps: AsyncGenerator<TrainProgress>;
  readonly #ending = new AbortController();
  #isDisposed = false;

  /** Starts a run, or resumes it from its last checkpoint. */
  constructor(record: Record, data: RunData, backend: Backend, store: Store) {
    const { spec, recipe, steps } = record.info;
    this.record = record;
    this.#data = data;
    this.#backend = backend;
    this.#model = initialize(modelOf(spec, data.tokenizer.vocabularySize, data.tokenizer), recipe.seed);
    this.#optimizer = optimizerOf(recipe, steps);
    this.#steps = train(this.#model, data.batches(), {
      optimizer: this.#optimizer,
      seed: recipe.seed,
      signal: this.#ending.signal,
      ...(steps !== null && { steps }),
      evaluation: { data: () => data.validation(), every: every(steps, 15, 50) },
      checkpoints: { folder: folderOf(store, record.folder), every: every(steps, 12, 100), keep: KEPT_CHECKPOINTS },
    });
  }

  get id(): string {
    return this.record.info.id;
  }

  /** One step. @returns whether there is another */
  async advance(): Promise<boolean> {
    const before = this.#beforeStep();
    const { value: progress, done } = await this.#steps.next();
    if (done) return false;
    this.#note(progress, before);
    const { step } = progress;
    const { steps, recipe } = this.record.info;
    if (milestonesOf(steps).includes(step)) await this.#sample(step);
    if (this.#data.source.kind === 'task' && progress.validationLoss !== undefined) await this.#score(step);
    if (progress.checkpoint) await this.#saved(step);
    const { unit, amount } = recipe.budget;
    return unit !== 'seconds' || this.record.curve.seconds.at(-1)! < amount;
  }

  /** Saves the current state of the run and frees it. */
  async end(status: 'paused' | 'stopped' | 'done'): Promise<void> {
    const { step } = this.record.info;
    this.#ending.abort();
    // The generator saves the last step and then ends by the abort signal.
    await this.#steps.next().catch((error) => {
      if (!faultOf(error).aborted) throw error;
    });
    if (status !== 'paused' && this.record.info.samples.at(-1)?.step !== step) await this.#sample(step);
    this.#dispose();
    this.record.change({ status, savedStep: step });
    await this.record.save();
  }

  /** Frees a run that went wrong; its last checkpoint stays. */
  async fail(error: unknown, isLost: boolean): Promise<void> {
    const fault = { ...faultOf(error), step: this.record.info.step };
    this.#dispose();
    this.record.backToCheckpoint();
    // After an external failure the run can be resumed; a diverged run would diverge again.
    this.record.change({ status: !isLost && hasDiverged(fault) ? 'failed' : 'paused', fault });
    // Where nothing can be kept any more, the page still learns why.
    await this.record.save().catch(() => {});
  }

  #beforeStep(): number {
    this.#backend.resetPeak();
    return this.#backend.memory().live;
  }

  #note(progress: TrainProgress, liveBefore: number): void {
    const { step, loss, tokensPerSecond, validationLoss } = progress;
    const tokens = this.record.info.recipe.batchSize * this.#data.length;
    this.record.add(step, loss, tokens / tokensPerSecond, validationLoss);
    const own = BYTES_PER_PARAMETER * parameterCount(this.#model);
    const bytes = own + this.#backend.memory().peak - liveBefore;
    this.record.change({ tokensPerSecond, bytes: Math.max(bytes, this.record.info.bytes ?? 0) });
  }

  async #sample(step: number): Promise<void> {
    const sample = await sampleOf(this.#model, this.#data, this.record.info.recipe, step);
    this.record.change({ samples: [...this.record.info.samples, sample] });
  }

  async #score(step: number): Promise<void> {
    const { recipe, scores } = this.record.info;
    if (this.#data.source.kind !== 'task' || recipe.data.kind !== 'task') return;
    const score = await scoreOf(this.#model, this.#data.source.task, recipe.data.size, step);
    this.record.change({ scores: [...scores, score] });
  }

  async #saved(step: number): Promise<void> {
    this.record.change({ savedStep: step });
    await this.record.save();
  }

  /** Frees what the run holds, once; on a device that is lost there is nothing to be freed. */
  #dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#optimizer.dispose();
    this.#model.dispose();
  }
}

function hasDiverged({ expected = '' }: Fault): boolean {
  return /\bfinite\b/.test(expected);
}

/** Steps between events: `times` in a run, or a fixed interval if its end is unknown. */
function every(steps: number | null, times: number, otherwise: number): number {
  return steps === null ? otherwise : Math.max(1, Math.round(steps / times));
}
