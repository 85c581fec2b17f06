import type { Recipe } from '../../protocol/recipe.js';
import { type Example, type Task, taskOf } from '../../tasks/index.js';
import {
  Batches,
  CharacterTokenizer,
  consecutiveWindows,
  Random,
  randomWindows,
  type TokenBatch,
  type Tokenizer,
} from '../packages.js';
import type { Texts } from './texts.js';

/** Training and validation data of a run. */
export interface RunData {
  readonly tokenizer: Tokenizer;
  /** Tokens of a row of a batch. */
  readonly length: number;
  /** Endless, and resumable. */
  batches(): Batches<TokenBatch>;
  /** The same few batches each time, none of which is trained. */
  validation(): Iterable<TokenBatch>;
  readonly source: { readonly kind: 'text'; readonly prompt: string } | { readonly kind: 'task'; readonly task: Task };
}

/** Batches of an evaluation. */
const VALIDATION_BATCHES = 4;

export async function openData(recipe: Recipe, texts: Texts, onProgress: (share: number) => void): Promise<RunData> {
  const { data } = recipe;
  return data.kind === 'text'
    ? textData(recipe, await texts.open(data.text, data.tokens, onProgress))
    : taskData(recipe, taskOf(data.task), data.size);
}

function textData({ length, batchSize, seed }: Recipe, text: Awaited<ReturnType<Texts['open']>>): RunData {
  const { tokenizer, training, validation, prompt } = text;
  return {
    tokenizer,
    length,
    batches: () => randomWindows(training, { length, batchSize, seed }),
    validation: () => first(VALIDATION_BATCHES, consecutiveWindows(validation, { length, batchSize })),
    source: { kind: 'text', prompt },
  };
}

function taskData({ batchSize, seed }: Recipe, task: Task, size: number): RunData {
  const { length } = task.draw(Random.fromSeed(0), size).inputs;
  return {
    tokenizer: tokenizerOf(task),
    length,
    batches: () => examples(task, size, batchSize, `train ${seed}`),
    validation: () => first(VALIDATION_BATCHES, examples(task, size, batchSize, `validation ${seed}`)),
    source: { kind: 'task', task },
  };
}

/** A token for each symbol of the task. */
export function tokenizerOf({ symbols }: Task): Tokenizer {
  return new CharacterTokenizer(symbols);
}

/** Endless batches, no two alike. */
export function examples(task: Task, size: number, batchSize: number, seed: string): Batches<TokenBatch> {
  const all = Random.fromSeed(`${task.id} ${seed}`);
  return Batches.from({ task: task.id, size, batchSize, seed }, { drawn: 0 }, ({ drawn }) => {
    const rows = drawExamples(task, size, batchSize, all.fork(drawn));
    return {
      batch: { inputs: rows.map(({ inputs }) => inputs), labels: rows.map(({ labels }) => labels) },
      state: { drawn: drawn + 1 },
    };
  });
}

export function drawExamples(task: Task, size: number, count: number, random: Random): Example[] {
  return Array.from({ length: count }, (_, row) => task.draw(random.fork(row), size));
}

function first<T>(count: number, items: Iterable<T>): T[] {
  const taken: T[] = [];
  for (const item of items) {
    taken.push(item);
    if (taken.length === count) break;
  }
  return taken;
}
