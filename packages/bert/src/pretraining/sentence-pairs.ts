import { checkOptions, option, optionsOf, type Random, SequiturError } from '@sequitur/core';

/** A document as a list of sentences, each as token ids without special tokens. */
export type TokenizedDocument = readonly (readonly number[])[];

export interface SentencePairOptions {
  /** Maximum length of a pair, special tokens included. */
  readonly length: number;
  /** The token before the first segment. */
  readonly startToken: number;
  /** The token after each segment. */
  readonly separatorToken: number;
  /** Fraction of the pairs with a random second segment; default 0.5. */
  readonly randomShare?: number;
  /** Fraction of shorter pairs; default 0.1. */
  readonly shortShare?: number;
}

export const sentencePairRules = {
  length: option.count,
  startToken: option.countOrNone,
  separatorToken: option.countOrNone,
  randomShare: option.optional(option.share),
  shortShare: option.optional(option.share),
};
const sentencePairOptions = optionsOf<SentencePairOptions>(sentencePairRules);

export interface SentencePair {
  readonly tokens: number[];
  /** 0 up to the first separator, then 1. */
  readonly tokenTypes: number[];
  /** 0 where the second segment follows the first, 1 where it comes from another document. */
  readonly nextSentence: 0 | 1;
}

/**
 * Sentence pairs whose second segment follows the first or does not (Devlin et al. 2019, section 3.1, task 2, and
 * appendix A.2): neighbouring sentences up to the target length, split at random; sentences that a random segment
 * displaces begin the next pair.
 */
export function sentencePairs(
  documents: readonly TokenizedDocument[],
  random: Random,
  options: SentencePairOptions,
): SentencePair[] {
  checkOptions('sentencePairs', sentencePairOptions, options);
  const filled = documents.map((sentences) => sentences.filter((sentence) => sentence.length > 0));
  const usable = filled.filter((sentences) => sentences.length > 0);
  if (usable.length < 2 || options.length < 5) {
    throw new SequiturError({
      where: 'sentencePairs',
      expected: 'at least two documents, and pairs of at least 5 tokens',
      got: `${usable.length} documents and a length of ${options.length}`,
    });
  }
  return usable.flatMap((_, index) => pairsOfDocument(usable, index, random, options));
}

function pairsOfDocument(
  documents: readonly TokenizedDocument[],
  index: number,
  random: Random,
  options: SentencePairOptions,
): SentencePair[] {
  const { randomShare = 0.5 } = options;
  const sentences = documents[index]!;
  const pairs: SentencePair[] = [];
  let next = 0;
  while (next < sentences.length) {
    const room = drawRoom(random, options);
    const count = sentencesThatFill(sentences, next, room);
    const first = count === 1 ? 1 : 1 + random.integer(count - 1);
    const a = sentences.slice(next, next + first).flat();
    const isRandom = count === 1 || random.uniform() < randomShare;
    const b = isRandom
      ? textFromElsewhere(documents, index, random, room - a.length)
      : sentences.slice(next + first, next + count).flat();
    pairs.push(joined({ a, b, isRandom }, random, options));
    next += isRandom ? first : count;
  }
  return pairs;
}

/** The target number of tokens of a pair, without special ones. */
function drawRoom(random: Random, { length, shortShare = 0.1 }: SentencePairOptions): number {
  const most = length - 3;
  return random.uniform() < shortShare ? 2 + random.integer(most - 1) : most;
}

function sentencesThatFill(sentences: TokenizedDocument, start: number, room: number): number {
  let [count, filled] = [0, 0];
  while (start + count < sentences.length && filled < room) filled += sentences[start + count++]!.length;
  return count;
}

/** A segment of another document, from a random sentence on. */
function textFromElsewhere(
  documents: readonly TokenizedDocument[],
  index: number,
  random: Random,
  room: number,
): number[] {
  const other = random.integer(documents.length - 1);
  const sentences = documents[other < index ? other : other + 1]!;
  const start = random.integer(sentences.length);
  const count = sentencesThatFill(sentences, start, Math.max(1, room));
  return sentences.slice(start, start + count).flat();
}

interface Texts {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly isRandom: boolean;
}

function joined({ a, b, isRandom }: Texts, random: Random, options: SentencePairOptions): SentencePair {
  const { length, startToken, separatorToken } = options;
  const [first, second] = shortened([...a], [...b], length - 3, random);
  return {
    tokens: [startToken, ...first, separatorToken, ...second, separatorToken],
    tokenTypes: [...new Array<number>(first.length + 2).fill(0), ...new Array<number>(second.length + 1).fill(1)],
    nextSentence: isRandom ? 1 : 0,
  };
}

/** Truncates the longer segment at its start or end, at random, until both fit. */
function shortened(a: number[], b: number[], room: number, random: Random): [number[], number[]] {
  while (a.length + b.length > room) {
    const longer = a.length > b.length ? a : b;
    if (random.uniform() < 0.5) longer.shift();
    else longer.pop();
  }
  return [a, b];
}
