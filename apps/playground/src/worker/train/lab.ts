import type { ModelSpec, Recipe } from '../../protocol/recipe.js';
import type { Emit } from '../../protocol/server.js';
import type { ModelCost, Run, TrainEvents } from '../../protocol/train.js';
import type { Engine } from '../backend.js';
import { folderOf, type Store } from '../storage/store.js';
import { costOf } from './cost.js';
import { openData } from './data.js';
import { matched } from './matching.js';
import { News } from './news.js';
import { Record } from './record.js';
import type { Texts } from './texts.js';
import { TrainingRun } from './training-run.js';
import { Turns } from './turns.js';

export interface LabParts {
  readonly store: Store;
  readonly engine: Engine;
  readonly texts: Texts;
  readonly emit: Emit<TrainEvents>;
}

/** All runs: those that train, and those that are kept. */
export class Lab {
  readonly #parts: LabParts;
  readonly #news: News;
  readonly #turns: Turns;
  readonly #records = new Map<string, Record>();
  readonly #ready: Promise<void>;

  constructor(parts: LabParts) {
    this.#parts = parts;
    this.#news = new News(parts.emit);
    this.#turns = new Turns({
      stepped: ({ record }) => this.#news.stepped(record),
      failing: () => parts.engine.isLost(),
      ended: ({ record }) => this.#news.ended(record),
    });
    this.#ready = Record.all(parts.store).then((records) => {
      for (const record of records) this.#records.set(record.info.id, record);
    });
  }

  async list(): Promise<Run[]> {
    await this.#ready;
    return [...this.#records.values()].map((record) => record.run);
  }

  get isTraining(): boolean {
    return this.#turns.isGoing;
  }

  async record(id: string): Promise<Record> {
    await this.#ready;
    const record = this.#records.get(id);
    if (!record) throw new Error(`There is no run '${id}' any more`);
    return record;
  }

  async cost(spec: ModelSpec, recipe: Recipe): Promise<ModelCost> {
    const { tokenizer, length } = await this.#data('', recipe);
    return costOf(spec, recipe, tokenizer.vocabularySize, length);
  }

  async match(spec: ModelSpec, recipe: Recipe, parameters: number): Promise<ModelSpec> {
    const { tokenizer } = await this.#data('', recipe);
    return matched(spec, parameters, tokenizer.vocabularySize);
  }

  async start(spec: ModelSpec, recipe: Recipe): Promise<Run> {
    await this.#ready;
    const id = crypto.randomUUID().slice(0, 8);
    const cost = await this.cost(spec, recipe);
    const record = new Record(this.#parts.store, {
      ...{ id, spec, recipe, cost, created: Date.now(), steps: stepsOf(recipe, cost) },
      ...{ status: 'running', step: 0, savedStep: 0, tokensPerSecond: null, bytes: null, samples: [], scores: [] },
    });
    await record.save();
    this.#records.set(id, record);
    await this.#train(record);
    return record.run;
  }

  async resume(id: string): Promise<void> {
    const record = await this.record(id);
    if (this.#turns.has(id)) return;
    await this.#expectFree(record);
    const { fault: _, ...info } = record.info;
    record.info = { ...info, status: 'running' };
    this.#news.changed(record);
    await this.#train(record);
  }

  async end(id: string, status: 'paused' | 'stopped'): Promise<void> {
    const record = await this.record(id);
    if (this.#turns.has(id)) return this.#turns.end(id, status);
    record.change({ status });
    await record.save();
    this.#news.changed(record);
  }

  async rename(id: string, name: string): Promise<void> {
    const record = await this.record(id);
    record.change({ spec: { ...record.info.spec, name } });
    await record.save();
    this.#news.changed(record);
  }

  async remove(id: string): Promise<void> {
    const record = await this.record(id);
    if (this.#turns.has(id)) await this.#turns.end(id, 'stopped');
    await this.#expectFree(record);
    await record.remove();
    this.#records.delete(id);
  }

  /** @throws where the run trains in another tab */
  async #expectFree({ folder }: Record): Promise<void> {
    const release = await folderOf(this.#parts.store, folder).sink.lock?.();
    await release?.();
  }

  async #train(record: Record): Promise<void> {
    const { id, recipe } = record.info;
    try {
      const [backend, data] = await Promise.all([this.#parts.engine.open(), this.#data(id, recipe)]);
      this.#turns.add(new TrainingRun(record, data, backend, this.#parts.store));
    } catch (error) {
      record.change({ status: record.info.step > 0 ? 'paused' : 'failed' });
      throw error;
    }
  }

  #data(id: string, recipe: Recipe) {
    const what =
      recipe.data.kind === 'text' && recipe.data.tokens !== 'characters' ? 'Learning the tokens of the text' : '';
    return openData(recipe, this.#parts.texts, (share) => this.#parts.emit('train.preparing', { id, what, share }));
  }
}

/** The number of steps of a budget; null where it is a time. */
function stepsOf({ budget: { unit, amount } }: Recipe, { flopsPerStep }: ModelCost): number | null {
  if (unit === 'seconds') return null;
  return unit === 'steps' ? amount : Math.max(1, Math.floor(amount / flopsPerStep));
}
