import type { Bert, MaskedLanguageHead } from '@sequitur/bert';
import type { Random } from '@sequitur/core';
import { type EncodedText, paddedBatch, specialIdsOf } from '@sequitur/example-encoders';
import type { SubwordTokenizer } from '@sequitur/text';
import { type WordClass, wordClasses, wordClassOf } from './word-classes.js';

/** Scores for masked tokens of one class: their number, and the top-1 and top-5 accuracy. */
export interface FillingScore {
  readonly count: number;
  readonly first: number;
  readonly amongFive: number;
}

export interface FillingScores {
  readonly all: FillingScore;
  readonly byClass: Readonly<Record<WordClass, FillingScore>>;
}

interface Place {
  readonly row: number;
  readonly position: number;
  readonly id: number;
}

/** Masks one token in seven of each passage, and counts how often the model predicts it. */
export async function evaluateFillings(
  model: Bert<MaskedLanguageHead>,
  passages: readonly EncodedText[],
  random: Random,
  batchSize = 16,
): Promise<FillingScores> {
  const tokenizer = model.tokenizer as SubwordTokenizer;
  const ranks: { readonly id: number; readonly rank: number }[] = [];
  for (let start = 0; start < passages.length; start += batchSize) {
    ranks.push(...(await ranksOf(model, tokenizer, passages.slice(start, start + batchSize), random)));
  }
  const classOf = ({ id }: { readonly id: number }) => wordClassOf(tokenizer.idToToken(id)!);
  const byClass = wordClasses.map((name) => [name, scoreOf(ranks.filter((each) => classOf(each) === name))] as const);
  return { all: scoreOf(ranks), byClass: Object.fromEntries(byClass) as Record<WordClass, FillingScore> };
}

async function ranksOf(
  model: Bert<MaskedLanguageHead>,
  tokenizer: SubwordTokenizer,
  passages: readonly EncodedText[],
  random: Random,
) {
  const { padding, maskToken, specialTokens } = specialIdsOf(tokenizer);
  const places: Place[] = [];
  const hidden = passages.map(({ ids }, row) => ({
    ids: ids.map((id, position) => {
      if (specialTokens.includes(id) || random.uniform() >= 1 / 7) return id;
      places.push({ row, position, id });
      return maskToken;
    }),
  }));
  const { logits } = model.apply(paddedBatch(hidden, padding));
  const [, length, width] = logits.shape;
  const values = (await logits.data()) as Float32Array;
  logits.dispose();
  return places.map(({ row, position, id }) => {
    const from = (row * length + position) * width;
    const scores = values.subarray(from, from + width);
    return { id, rank: scores.reduce((higher, score) => higher + Number(score > scores[id]!), 0) };
  });
}

function scoreOf(ranks: readonly { readonly rank: number }[]): FillingScore {
  const share = (limit: number) => ranks.filter(({ rank }) => rank < limit).length / Math.max(1, ranks.length);
  return { count: ranks.length, first: share(1), amongFive: share(5) };
}
