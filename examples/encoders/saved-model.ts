import { join } from 'node:path';
import { Bert, type Head } from '@sequitur/bert';
import { type Results, type RunOptions, savedAs, shortPath } from '@sequitur/recipe';
import type { TrainedEncoder } from './train-encoder.js';

/** Saves a model in `model`, and gives the one that is loaded from there, which the caller disposes: that one is evaluated. */
export async function savedAndLoaded<H extends Head>(model: Bert<H>, options: RunOptions): Promise<Bert> {
  const folder = join(options.folder, 'model');
  await model.savePretrained(folder, savedAs(options));
  model.dispose();
  console.log(`\nSaved as a Hugging Face folder: ${shortPath(folder)}. Loading it back for the evaluation.`);
  return Bert.fromPretrained(folder);
}

/** What there is to say of every training. */
export function figuresOf({ preTrained, learnt }: TrainedEncoder<Head>, { seed }: RunOptions): Results {
  return {
    ...{ parameters: learnt.parameters, seed, minutes: preTrained.minutes + learnt.minutes },
    'steps of pre-training': preTrained.steps,
    'steps of fine-tuning': learnt.steps,
    'validation loss': learnt.validationLoss,
  };
}
