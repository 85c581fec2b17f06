import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bert, Head } from '@sequitur/bert';
import type { Learnt } from '@sequitur/recipe';

/** A model that was pre-trained and is kept in a folder. */
export interface PreTrained {
  readonly folder: string;
  readonly steps: number;
  /** Of training in the process that finished it. */
  readonly minutes: number;
}

/** Saves a model as a Hugging Face folder, and beside it how it was trained. */
export async function keepPreTrained<H extends Head>(
  model: Bert<H>,
  folder: string,
  { steps, minutes }: Pick<Learnt, 'steps' | 'minutes'>,
): Promise<PreTrained> {
  await model.savePretrained(folder);
  await writeFile(join(folder, ACCOUNT), JSON.stringify({ steps, minutes }));
  return { folder, steps, minutes };
}

/** The model that an earlier process kept there, if any. */
export async function keptPreTrained(folder: string): Promise<PreTrained | null> {
  const account = await readFile(join(folder, ACCOUNT), 'utf8').catch(() => null);
  return account === null ? null : { folder, ...JSON.parse(account) };
}

/** Written last: where it is, the model is whole. */
const ACCOUNT = 'training.json';
