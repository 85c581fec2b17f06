import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SequiturError } from '@sequitur/core';
import { badFile, readTextFile, type Split, splitByHash } from '@sequitur/recipe';
import { parseJsonLines } from '@sequitur/text';

/** A text and its reference summaries. */
export interface Article {
  readonly sentences: readonly string[];
  readonly summaries: readonly string[];
}

type Splits = Record<Split, Article[]>;

const SHARES = { validation: 0.05, test: 0.1 };
const FILES: Readonly<Record<Split, string>> = { training: 'train.jsonl', validation: 'dev.jsonl', test: 'test.jsonl' };

/**
 * Reads texts with summaries in SciTLDR's format: one JSON object per line with `source` (a text, or its sentences) and
 * `target` (a summary, or several), in one file or in `train.jsonl`, `dev.jsonl` and `test.jsonl` of a folder.
 *
 * @throws SequiturError if there is no path, a file is missing, or a line is invalid
 */
export async function readArticles(path: string | undefined): Promise<Splits> {
  if (path === undefined) throw noData();
  const found = await stat(path).catch(() => null);
  if (!found?.isDirectory()) {
    return splitByHash(await readFile(path), ({ sentences }) => sentences.join(' '), SHARES);
  }
  const names = await readdir(path);
  const missing = Object.values(FILES).filter((name) => !names.includes(name));
  if (missing.length > 0) throw badFile(path, Object.values(FILES).join(', '), `no ${missing.join(', no ')}`);
  const read = (split: Split) => readFile(join(path, FILES[split]));
  return { training: await read('training'), validation: await read('validation'), test: await read('test') };
}

async function readFile(path: string): Promise<Article[]> {
  return parseJsonLines(await readTextFile(path), { name: path }).map(({ value, line }) => {
    const where = `${path}, line ${line}`;
    return { sentences: textsOf(value.source, 'source', where), summaries: textsOf(value.target, 'target', where) };
  });
}

/** A string, or a list of strings. */
function textsOf(value: unknown, name: string, where: string): string[] {
  const texts = (Array.isArray(value) ? value : [value]).filter(
    (text) => typeof text !== 'string' || text.trim() !== '',
  );
  if (texts.length > 0 && texts.every((text) => typeof text === 'string')) return texts.map((text) => text.trim());
  const got = JSON.stringify(value)?.slice(0, 60) ?? 'nothing';
  throw badFile(where, `"${name}" to be a string or a list of strings`, got);
}

function noData(): SequiturError {
  return new SequiturError({
    where: 'npm run summarization',
    expected: '--data <path>, since there is no npm package with summaries',
    got: 'none',
    fix: 'Download SciTLDR from github.com/allenai/scitldr and pass its folder SciTLDR-Data/SciTLDR-A, or a file with lines such as {"source": "a text", "target": "its summary"}',
  });
}
