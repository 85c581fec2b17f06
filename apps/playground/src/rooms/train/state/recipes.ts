import { compact } from '../../../plots/format.js';
import type { Recipe } from '../../../protocol/recipe.js';

/** A text of the site, and who may use it. */
export const texts = [
  {
    id: 'moby-dick',
    title: 'Moby-Dick',
    megabytes: 1.2,
    licence: 'Moby-Dick, Herman Melville 1851: public domain',
  },
] as const;

/** The default recipe: two minutes on a laptop. */
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
  return rate.toExponential();
}
