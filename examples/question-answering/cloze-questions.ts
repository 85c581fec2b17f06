import type { LabelledBatch, QuestionAnsweringHead } from '@sequitur/bert';
import { Random, SequiturError } from '@sequitur/core';
import { paddedBatch, specialIdsOf } from '@sequitur/example-encoders';
import type { SubwordTokenizer, Tokenizer } from '@sequitur/text';
import type { AnswerWindow } from './answer-windows.js';

/** Vocabulary pieces of one word or one punctuation mark. */
export interface Word {
  readonly ids: readonly number[];
  /** Whether it has letters or digits: an answer neither begins nor ends with a punctuation mark. */
  readonly spoken: boolean;
  readonly endsSentence: boolean;
}

/** Options of the questions. */
export interface ClozeOptions {
  /** Range of the maximum length of a passage in pieces, drawn for every batch. */
  readonly passage: { readonly least: number; readonly most: number };
  /** Maximum number of words from each side of the answer. */
  readonly around: number;
  /** Fraction of those words that the question omits; default 0: an exact copy. */
  readonly omitted?: number;
}

/** Splits a text into words. */
export function wordsOf(tokenizer: Tokenizer, text: string): Word[] {
  const { ids, tokens } = tokenizer.tokenize(text, { specialTokens: false });
  const starts = tokens.flatMap((token, index) => (index > 0 && token.startsWith('##') ? [] : [index]));
  return starts.map((from, index) => {
    const to = starts[index + 1] ?? ids.length;
    const spelled = tokens.slice(from, to).join('');
    return {
      ids: ids.slice(from, to),
      spoken: /[\p{L}\p{N}]/u.test(spelled),
      endsSentence: /^[.!?]$/.test(spelled),
    };
  });
}

/**
 * Generates cloze questions: one to four words of a passage are the answer, and the words around them, with the mask
 * token in their place, are the question (Lewis et al. 2019, "Unsupervised question answering by cloze translation",
 * sections 2.1 to 2.3). A reader learns to find the part of a text that matches the question.
 */
export class ClozeMaker {
  readonly #texts: readonly (readonly Word[])[];
  readonly #ids: { readonly start: number; readonly end: number; readonly mask: number };

  constructor(tokenizer: SubwordTokenizer, texts: readonly (readonly Word[])[]) {
    const [start, end] = tokenizer.tokenize('').ids as [number, number];
    this.#texts = texts.filter((words) => words.length >= 8);
    this.#ids = { start, end, mask: specialIdsOf(tokenizer).maskToken };
  }

  /**
   * @param pieces maximum length of the passage
   * @throws SequiturError if no text yields a question
   */
  make(pieces: number, { around, omitted = 0 }: Omit<ClozeOptions, 'passage'>, random: Random): AnswerWindow {
    for (let tries = 0; this.#texts.length > 0 && tries < 10_000; tries++) {
      const words = passageOf(this.#texts[random.integer(this.#texts.length)]!, pieces, random);
      const count = 1 + random.integer(4);
      const first = random.integer(Math.max(1, words.length - count + 1));
      const answer = words.slice(first, first + count);
      if (!answer[0]?.spoken || !answer.at(-1)?.spoken || answer.some((word) => word.endsSentence)) continue;
      const before = sentencePart(words.slice(0, first).reverse(), 1 + random.integer(around)).reverse();
      const after = sentencePart(words.slice(first + count), 1 + random.integer(around));
      if (before.length + after.length < 2) continue;
      const kept = (some: readonly Word[]) => idsOf(some.filter(() => omitted === 0 || random.uniform() >= omitted));
      const { start, end, mask } = this.#ids;
      const question = [start, ...kept(before), mask, ...kept(after), end];
      const begins = question.length + idsOf(words.slice(0, first)).length;
      const passage = [...idsOf(words), end];
      return {
        ids: [...question, ...passage],
        tokenTypes: [...question.map(() => 0), ...passage.map(() => 1)],
        start: begins,
        end: begins + idsOf(answer).length - 1,
      };
    }
    throw new SequiturError({
      where: 'questions made from texts',
      expected: 'texts with sentences of at least three words',
      got: `${this.#texts.length} texts of eight words or more, none of which yields a question`,
      fix: 'Give longer texts',
    });
  }
}

/** Endless batches of generated questions without repetition. */
export function* clozeBatches(
  tokenizer: SubwordTokenizer,
  texts: readonly (readonly Word[])[],
  options: ClozeOptions,
  { batchSize, seed }: { readonly batchSize: number; readonly seed: string },
): Generator<LabelledBatch<QuestionAnsweringHead>> {
  const { padding } = specialIdsOf(tokenizer);
  const random = Random.fromSeed(seed).fork('cloze questions');
  const maker = new ClozeMaker(tokenizer, texts);
  const { least, most } = options.passage;
  for (;;) {
    const pieces = least + random.integer(most - least + 1);
    const made = Array.from({ length: batchSize }, () => maker.make(pieces, options, random));
    const labels = { start: made.map(({ start }) => start), end: made.map(({ end }) => end) };
    yield { ...paddedBatch(made, padding), labels };
  }
}

/** A random span of a text of at most about `pieces` pieces. */
function passageOf(words: readonly Word[], pieces: number, random: Random): Word[] {
  const from = random.integer(words.length);
  let [first, last, length] = [from, from, 0];
  while (last < words.length && length + words[last]!.ids.length <= pieces) length += words[last++]!.ids.length;
  while (first > 0 && length + words[first - 1]!.ids.length <= pieces) length += words[--first]!.ids.length;
  return words.slice(first, last);
}

/** The first words of the same sentence. */
function sentencePart(words: readonly Word[], count: number): Word[] {
  const end = words.findIndex((word) => word.endsSentence);
  return words.slice(0, end < 0 ? count : Math.min(count, end));
}

function idsOf(words: readonly Word[]): number[] {
  return words.flatMap((word) => [...word.ids]);
}
