import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { badFile, readTextFile, type Split, splitByHash } from '@sequitur/recipe';
import { parseTranslations } from '@sequitur/text';
import type { Example } from './corpus.js';

export interface ParallelFiles {
  /**
   * A tab-separated file, two files with equal numbers of lines, or a folder: with `train`, `val` and `test` in both
   * languages, or with tab-separated `train`, `valid` and `test`.
   */
  readonly data: readonly string[];
  /** Extensions of a folder's files: `en` and `de` for `train.en` and `train.de`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

type Splits = Record<Split, readonly Example[]>;

const BEGINNINGS: Readonly<Record<Split, string>> = { training: 'train', validation: 'val', test: 'test' };

/** Fractions of validation and test for data without splits. */
const SHARES = { validation: 0.01, test: 0.02 };

/**
 * Reads sentences with their translations. Data without splits are split by the hash of the source.
 *
 * @throws SequiturError if files are missing, or a line has no counterpart
 */
export async function readParallelFiles({ data, from, to }: ParallelFiles): Promise<Splits> {
  const [first, second] = data;
  if (data.length === 2) return hashed(await readPair(first!, second!));
  const isFolder = await stat(first!).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (data.length > 2) throw badFile('--data', 'one path or two', `${data.length}`);
  if (!isFolder) return hashed(await readTable(first!));
  return (await readTables(first!)) ?? readFolder(first!, from, to);
}

/** The tab-separated files of a folder; null if it has none. */
async function readTables(folder: string): Promise<Splits | null> {
  const names = await readdir(folder);
  const tableOf = (split: Split) =>
    names.find((name) => new RegExp(`^${BEGINNINGS[split]}.*\\.tsv(\\.gz)?$`).test(name));
  if (tableOf('training') === undefined) return null;
  const read = (split: Split) => {
    const name = tableOf(split);
    if (name !== undefined) return readTable(join(folder, name));
    throw badFile(folder, `a file ${BEGINNINGS[split]}*.tsv or .tsv.gz`, names.join(', '));
  };
  return { training: await read('training'), validation: await read('validation'), test: await read('test') };
}

function hashed(examples: readonly Example[]): Splits {
  return splitByHash(examples, ({ source }) => source, SHARES);
}

async function readTable(path: string): Promise<readonly Example[]> {
  return parseTranslations(await readTextFile(path), { name: path });
}

async function readPair(from: string, to: string): Promise<readonly Example[]> {
  return parseTranslations([await readTextFile(from), await readTextFile(to)], { name: `${from} and ${to}` });
}

async function readFolder(folder: string, from?: string, to?: string): Promise<Splits> {
  if (!from || !to) {
    throw badFile(`--data ${folder}`, 'the languages of a folder', 'none', 'Add for example --from en --to de');
  }
  const names = await readdir(folder);
  const pathOf = (split: Split, language: string) => {
    const pattern = new RegExp(`^${BEGINNINGS[split]}.*\\.${language}(\\.gz)?$`);
    const found = names.filter((name) => pattern.test(name)).sort()[0];
    if (found) return join(folder, found);
    throw badFile(folder, `a file ${BEGINNINGS[split]}*.${language} or ${BEGINNINGS[split]}*.${language}.gz`, 'none');
  };
  const read = (split: Split) => readPair(pathOf(split, from), pathOf(split, to));
  return { training: await read('training'), validation: await read('validation'), test: await read('test') };
}
