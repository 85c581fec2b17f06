import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Random, SequiturError } from '@sequitur/core';
import { type LabelledText, readLabelledTexts } from './labelled-texts.js';
import { readSpam } from './spam.js';

/** Training, validation and test texts. */
export interface LabelledSets {
  readonly name: string;
  readonly training: readonly LabelledText[];
  readonly validation: readonly LabelledText[];
  readonly test: readonly LabelledText[];
  /** Labels in alphabetical order. */
  readonly labels: readonly string[];
}

/**
 * Reads a folder with `train`, and `dev` or `test` or both, as `.csv` or `.tsv`; or one such file, a tenth of which
 * becomes the test set; or by default the SpamAssassin mails, split likewise. Without a validation set, a twentieth of
 * the training texts is used. Files such as `other_train.tsv` belong to the same split.
 *
 * @param columns the column names, for files without a header
 * @throws SequiturError if files are missing or lines are invalid
 */
export async function readLabelledSets(
  path: string | undefined,
  seed: string,
  columns?: readonly string[],
): Promise<LabelledSets> {
  const random = Random.fromSeed(seed).fork('splits');
  if (path === undefined) return setsOf('SpamAssassin', split(await readSpam(), 0.1, random), random);
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return setsOf(path, split(await readLabelledTexts(path, columns), 0.1, random), random);
  const [training, development, test] = await Promise.all(
    [['train', 'training'], ['dev', 'validation', 'valid', 'val'], ['test']].map((names) =>
      readSplit(path, names, columns),
    ),
  );
  const [evaluated, heldOut] = [test, development].flatMap((texts) => (texts && !isUnlabelled(texts) ? [texts] : []));
  if (!training || !evaluated) {
    throw new SequiturError({
      where: path,
      expected: 'a folder with train.csv and test.csv or dev.csv (or .tsv), the latter with more than one label',
      got: training ? 'no texts for evaluation' : 'no training texts',
    });
  }
  return setsOf(path, { kept: training, cut: evaluated }, random, heldOut);
}

function setsOf(
  name: string,
  { kept, cut: test }: { kept: readonly LabelledText[]; cut: readonly LabelledText[] },
  random: Random,
  development?: readonly LabelledText[],
): LabelledSets {
  const { kept: training, cut: validation } = development ? { kept, cut: development } : split(kept, 0.05, random);
  const labels = [...new Set(training.map(({ label }) => label))].sort();
  const strange = [...validation, ...test].find(({ label }) => !labels.includes(label));
  if (labels.length > 1 && !strange) return { name, training, validation, test, labels };
  throw new SequiturError({
    where: name,
    expected: 'at least two labels, all of them among the training texts',
    got: strange ? `${strange.label}, which no training text has` : `${labels.length}`,
  });
}

/** Whether all texts have the same label, like GLUE's test sets, whose labels are not published. */
function isUnlabelled(texts: readonly LabelledText[]): boolean {
  return new Set(texts.map(({ label }) => label)).size < 2;
}

async function readSplit(
  folder: string,
  names: readonly string[],
  columns?: readonly string[],
): Promise<LabelledText[] | null> {
  const files = (await readdir(folder)).sort();
  for (const pattern of names.map((name) => new RegExp(`^(.+[_-])?${name}\\.(csv|tsv)$`))) {
    const found = files.filter((file) => pattern.test(file));
    const texts = await Promise.all(found.map((file) => readLabelledTexts(join(folder, file), columns)));
    if (found.length > 0) return texts.flat();
  }
  return null;
}

function split<T>(items: readonly T[], share: number, random: Random): { readonly kept: T[]; readonly cut: T[] } {
  const mixed = random.shuffle([...items]);
  const count = Math.max(1, Math.round(items.length * share));
  return { kept: mixed.slice(count), cut: mixed.slice(0, count) };
}
