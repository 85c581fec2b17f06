import { compact } from '../../../plots/format.js';
import type { DataSpec, Recipe } from '../../../protocol/recipe.js';
import { taskOf } from '../../../tasks/index.js';

/** A text that comes with the site. */
export const texts = [{ id: 'moby-dick', title: 'Moby-Dick', megabytes: 1.2 }] as const;

/** What one begins with: two minutes on a laptop. */
export function defaultRecipe(): Recipe {
  return {
    data: { kind: 'text', text: 'moby-dick', tokens: 1024 },
    budget: { unit: 'steps', amount: 600 },
    ...{ batchSize: 8, length: 128, optimizer: 'adamw', learningRate: 3e-3, schedule: 'cosine', seed: 1 },
  };
}

export function budgetText({ budget: { unit, amount } }: Recipe): string {
  if (unit === 'flops') return `${compact(amount)}FLOP each`;
  return `${amount.toLocaleString('en')} ${unit}`;
}

export function batchText({ data, batchSize, length }: Recipe): string {
  return data.kind === 'text' ? `${batchSize} texts of ${length}` : `${batchSize} examples`;
}

const optimizerNames = { adamw: 'AdamW', lion: 'Lion', sgd: 'SGD' } as const;

export function optimizerText({ optimizer, learningRate, schedule }: Recipe): string {
  return `${optimizerNames[optimizer]} ${rateText(learningRate)}, ${schedule}`;
}

function rateText(rate: number): string {
  return rate.toExponential().replace('e-', 'e-');
}

/** What is learnt from, in a few words. */
export function dataText(data: DataSpec, ownTitle?: string): string {
  if (data.kind === 'task') {
    const { name, size } = taskOf(data.task);
    return `${name} · ${data.size} ${size.label}`;
  }
  const title = texts.find(({ id }) => id === data.text)?.title ?? ownTitle ?? 'A text of yours';
  return `${title} · ${data.tokens === 'characters' ? 'characters' : `${data.tokens.toLocaleString('en')} tokens`}`;
}
