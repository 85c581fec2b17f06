import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bert, Head } from '@sequitur/bert';
import type { TrainingResult } from '@sequitur/recipe';

/** A pre-trained model in a folder. */
export interface PreTrained {
  readonly folder: string;
  readonly steps: number;
  /** Training time of the process that finished it, in minutes. */
  readonly minutes: number;
}

/** Saves a model as a Hugging Face folder, with a record of its training. */
export async function keepPreTrained<H extends Head>(
  model: Bert<H>,
  folder: string,
  { steps, minutes }: Pick<TrainingResult, 'steps' | 'minutes'>,
): Promise<PreTrained> {
  await model.savePretrained(folder);
  await writeFile(join(folder, ACCOUNT), JSON.stringify({ steps, minutes }));
  return { folder, steps, minutes };
}

/** The model that an earlier process saved, if any. */
export async function keptPreTrained(folder: string): Promise<PreTrained | null> {
  const account = await readFile(join(folder, ACCOUNT), 'utf8').catch(() => null);
  return account === null ? null : { folder, ...JSON.parse(account) };
}

/** Written last: if it exists, the model is complete. */
const ACCOUNT = 'training.json';
