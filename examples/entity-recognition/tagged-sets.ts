import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Random, SequiturError } from '@sequitur/core';
import { readTaggedSentences, type TaggedSentence } from './tagged-sentences.js';

/** The sentences of a file. */
export interface TaggedFile {
  readonly name: string;
  readonly sentences: readonly TaggedSentence[];
}

/** Training, validation and test sentences. */
export interface TaggedSets {
  readonly training: readonly TaggedSentence[];
  readonly validation: readonly TaggedSentence[];
  readonly test: readonly TaggedSentence[];
  /** The test sentences by file, for data from several sources. */
  readonly tests: readonly TaggedFile[];
  /** Tags of the training sentences, O first. */
  readonly tags: readonly string[];
}

/**
 * Reads a folder with a training file, and a test or development file or both: those with `train`, `test`, `dev` or
 * `valid` in their names. Several sources with separate files are combined. A missing split is a tenth of the training
 * sentences.
 *
 * @throws SequiturError if there is no such folder or training file, or for an invalid line
 */
export async function readTaggedSets(folder: string | undefined, seed: string): Promise<TaggedSets> {
  const expected = 'a folder with train, dev and test files in CoNLL format';
  if (folder === undefined || !(await stat(folder).catch(() => null))?.isDirectory()) {
    throw new SequiturError({
      where: '--data',
      expected,
      got: folder === undefined ? 'none' : `${folder}, which is not a folder`,
      fix: 'There is no such npm package: download WNUT 2017 from github.com/leondz/emerging_entities_17, or use another data set',
    });
  }
  const names = (await readdir(folder)).filter((name) => !/\.(md|json)$|licen[cs]e/i.test(name)).sort();
  const read = async (pattern: RegExp): Promise<TaggedFile[]> => {
    const found = names.filter((name) => pattern.test(name));
    return Promise.all(found.map(async (name) => ({ name, sentences: await readTaggedSentences(join(folder, name)) })));
  };
  const [whole, development, tests] = [await read(/train/i), await read(/dev|valid/i), await read(/test/i)];
  if (whole.length === 0) throw new SequiturError({ where: folder, expected, got: names.join(', ') || 'an empty one' });
  const rest = Random.fromSeed(seed).fork('splits').shuffle(sentencesOf(whole));
  const share = Math.ceil(rest.length / 10);
  const kept = (files: readonly TaggedFile[]) => (files.length > 0 ? sentencesOf(files) : rest.splice(0, share));
  const sets = { validation: kept(development), test: kept(tests), tests };
  const tags = [...new Set(rest.flatMap((sentence) => sentence.tags))].filter((tag) => tag !== 'O').sort();
  return { training: rest, ...sets, tags: ['O', ...tags] };
}

function sentencesOf(files: readonly TaggedFile[]): TaggedSentence[] {
  return files.flatMap(({ sentences }) => sentences);
}
