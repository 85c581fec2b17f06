import type { LabelledBatch, QuestionAnsweringHead } from '@sequitur/bert';
import { paddedBatch, specialIdsOf } from '@sequitur/example-encoders';
import { type Batches, type SubwordTokenizer, shuffledBatches } from '@sequitur/text';
import type { AnswerWindow } from './answer-windows.js';

/** Endless batches of windows with the positions of their answers. */
export function answerBatches(
  windows: readonly AnswerWindow[],
  tokenizer: SubwordTokenizer,
  { batchSize, seed }: { readonly batchSize: number; readonly seed: string },
): Batches<LabelledBatch<QuestionAnsweringHead>> {
  const { padding } = specialIdsOf(tokenizer);
  return shuffledBatches(windows, {
    source: { batches: 'windows with answers' },
    ...{ batchSize, seed },
    lengthOf: ({ ids }) => ids.length,
    collate: (chosen) => ({
      ...paddedBatch(chosen, padding),
      labels: { start: chosen.map(({ start }) => start), end: chosen.map(({ end }) => end) },
    }),
  });
}
