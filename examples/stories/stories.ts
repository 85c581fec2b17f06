import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { badFile, objectOf, readLines, type Split } from '@sequitur/recipe';

/** A story with its title on the first line. */
export type Story = string;

const BEGINNINGS: Readonly<Record<Split, string>> = { training: 'train', validation: 'valid', test: 'test' };

/**
 * The stories of a folder by split: files `train.jsonl`, `valid.jsonl` and `test.jsonl`, each plain or gzip, with one
 * document per line: `{"title": ..., "text": ...}`.
 *
 * @throws SequiturError if a file is missing or a line is invalid
 */
export async function readStories(folder: string): Promise<Readonly<Record<Split, readonly Story[]>>> {
  const names = await readdir(folder).catch(() => {
    throw badFile(folder, 'a folder of stories', 'none');
  });
  const read = async (split: Split) => {
    const found = names.find((name) => name.startsWith(BEGINNINGS[split]) && /\.jsonl(\.gz)?$/.test(name));
    if (found === undefined) throw badFile(folder, `a file ${BEGINNINGS[split]}*.jsonl or .jsonl.gz`, names.join(', '));
    return (await readLines(join(folder, found))).map((line) => storyOf(objectOf(line), line.error));
  };
  return { training: await read('training'), validation: await read('validation'), test: await read('test') };
}

function storyOf({ title, text }: Readonly<Record<string, unknown>>, error: (a: string, b: string) => Error): Story {
  if (typeof title !== 'string' || typeof text !== 'string' || text.trim() === '') {
    throw error(
      '{"title": a string, "text": a string that is not blank}',
      `title ${typeof title}, text ${typeof text}`,
    );
  }
  return `${title}\n\n${text.trimEnd()}`;
}
