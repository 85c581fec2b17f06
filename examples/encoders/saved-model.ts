import { join } from 'node:path';
import { Bert, type Head } from '@sequitur/bert';
import { type Results, type RunOptions, savedAs, shortPath } from '@sequitur/recipe';
import type { TrainedEncoder } from './train-encoder.js';

/** Saves a model in `model` and loads it again for the evaluation. The caller disposes the loaded model. */
export async function savedAndLoaded<H extends Head>(model: Bert<H>, options: RunOptions): Promise<Bert> {
  const folder = join(options.folder, 'model');
  await model.savePretrained(folder, savedAs(options));
  model.dispose();
  console.log(`\nSaved as a Hugging Face folder: ${shortPath(folder)}. Loading it for the evaluation.`);
  return Bert.fromPretrained(folder);
}

/** Results of every training. */
export function figuresOf({ preTrained, result }: TrainedEncoder<Head>, { seed }: RunOptions): Results {
  return {
    ...{ parameters: result.parameters, seed, minutes: preTrained.minutes + result.minutes },
    'steps of pre-training': preTrained.steps,
    'steps of fine-tuning': result.steps,
    'validation loss': result.validationLoss,
  };
}
