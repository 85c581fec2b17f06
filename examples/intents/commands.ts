import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaggedSentence } from '@sequitur/example-entity-recognition';
import { intentLabel } from '@sequitur/models';
import { badFile, fieldsOf, type Line, readLines, type Split } from '@sequitur/recipe';

/** A command: words with BIO tags of slots, and an intent. */
export interface SpokenCommand extends TaggedSentence {
  /** Label of the intent. */
  readonly intent: string;
}

/** Commands by split, and all labels of the training set: O, the tags, then the intents. */
export interface CommandSets extends Readonly<Record<Split, readonly SpokenCommand[]>> {
  readonly labels: readonly string[];
}

const BEGINNINGS: Readonly<Record<Split, string>> = { training: 'train', validation: 'valid', test: 'test' };

/**
 * Reads a folder with `train.tsv`, `valid.tsv` and `test.tsv` (or `.tsv.gz`), one command per line: the intent, the
 * words with spaces between, and a BIO tag for each word, separated by tabs.
 *
 * @throws SequiturError if a file is missing or a line is invalid
 */
export async function readCommands(folder: string): Promise<CommandSets> {
  const names = await readdir(folder).catch(() => {
    throw badFile(folder, 'a folder with train.tsv, valid.tsv and test.tsv', 'none');
  });
  const read = async (split: Split) => {
    const found = names.find((name) => name.startsWith(BEGINNINGS[split]) && /\.tsv(\.gz)?$/.test(name));
    if (found === undefined) throw badFile(folder, `a file ${BEGINNINGS[split]}*.tsv or .tsv.gz`, names.join(', '));
    return (await readLines(join(folder, found))).map(commandOf);
  };
  const training = await read('training');
  const tags = new Set(training.flatMap((command) => command.tags).filter((tag) => tag !== 'O'));
  const intents = new Set(training.map(({ intent }) => intent));
  const labels = ['O', ...[...tags].sort(), ...[...intents].sort()];
  return { training, validation: await read('validation'), test: await read('test'), labels };
}

function commandOf(line: Line): SpokenCommand {
  const [intent, words, tags] = fieldsOf(line, 3).map((field) => field.trim().split(/ +/));
  if (words!.length === tags!.length) return { intent: intentLabel(intent!.join(' ')), words: words!, tags: tags! };
  throw line.error('a tag for each word', `${words!.length} words and ${tags!.length} tags`);
}
