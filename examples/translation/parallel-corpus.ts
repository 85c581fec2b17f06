import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { badFile, fieldsOf, readLines, type Split, splitByHash } from '@sequitur/recipe';
import { bleu, trainByteLevelTokenizer } from '@sequitur/text';
import type { Corpus, Example } from './corpus.js';

export interface ParallelCorpusOptions {
  /** A tab-separated file, two files of as many lines, or a folder with `train`, `val` and `test` in both languages. */
  readonly data: readonly string[];
  /** Endings of a folder's files: `en` and `de` for `train.en` and `train.de`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Tokens of the vocabulary that both languages share. */
  readonly vocabularySize: number;
}

type Splits = Record<Split, Example[]>;

/** Of data that have no split of their own. */
const SHARES = { validation: 0.01, test: 0.02 };

/**
 * Sentences with their translations, from files, and a byte-pair vocabulary trained on both sides of what is learnt from.
 *
 * @throws SequiturError where files are missing, or a line has no counterpart
 */
export async function parallelCorpus({ data, from, to, vocabularySize }: ParallelCorpusOptions): Promise<Corpus> {
  const splits = await readSplits(data, from, to);
  const texts = splits.training.flatMap(({ source, targets }) => [source, ...targets]);
  const tokenizer = await trainByteLevelTokenizer(texts, {
    ...{ vocabularySize, specialTokens: ['</s>', '<unk>', '<pad>'], endToken: '</s>', paddingToken: '<pad>' },
  });
  const encoded = (text: string) => tokenizer.encode(text, { specialTokens: true });
  const contextLength = 128;
  return {
    name: from && to ? `${from} to ${to}` : 'a parallel corpus',
    tokenizer,
    splits: { ...splits, training: splits.training.filter(fits) },
    encode: (source, target) => ({
      source: encoded(source).slice(0, contextLength),
      target: encoded(target).slice(0, contextLength),
    }),
    score: (predictions, references) => {
      const { score, signature, brevityPenalty } = bleu(
        predictions,
        references.map(({ targets }) => targets),
      );
      return { BLEU: score, 'brevity penalty': brevityPenalty, signature };
    },
    settings: {
      unit: 'nats per token',
      model: { width: 128, depth: 2, heads: 4, contextLength, dropout: 0.1 },
      ...{ batchSize: 32, peak: 1.5e-3, beams: 4 },
    },
  };
}

/** Not so long that one sentence would slow down a whole batch. */
function fits({ source, targets }: Example): boolean {
  return source.length <= 400 && targets.every((target) => target.length <= 400);
}

async function readSplits(data: readonly string[], from?: string, to?: string): Promise<Splits> {
  const [first, second] = data;
  if (data.length === 2) return hashed(await readPair(first!, second!));
  const isFolder = await stat(first!).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (data.length > 2) throw badFile('--data', 'one path or two', `${data.length}`);
  return isFolder ? readFolder(first!, from, to) : hashed(await readTable(first!));
}

function hashed(examples: readonly Example[]): Splits {
  return splitByHash(examples, ({ source }) => source, SHARES);
}

async function readTable(path: string): Promise<Example[]> {
  const lines = await readLines(path);
  return lines.map((line) => {
    const [source, target] = fieldsOf(line, 2);
    return { source: source!, targets: [target!] };
  });
}

async function readPair(from: string, to: string): Promise<Example[]> {
  const [sources, targets] = [await readLines(from), await readLines(to)];
  if (sources.length !== targets.length) {
    throw badFile(`${from} and ${to}`, 'as many lines', `${sources.length} and ${targets.length}`);
  }
  return sources.map((line, index) => {
    const empty = [line, targets[index]!].find(({ text }) => text.trim() === '');
    if (empty) throw empty.error('a sentence', 'an empty line');
    return { source: line.text, targets: [targets[index]!.text] };
  });
}

const BEGINNINGS: Readonly<Record<Split, string>> = { training: 'train', validation: 'val', test: 'test' };

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
