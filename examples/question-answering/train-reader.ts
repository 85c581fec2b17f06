import { Bert, type BertConfig, type QuestionAnsweringHead, questionAnswering } from '@sequitur/bert';
import { preTrain, type TrainedEncoder, trainOnBatches } from '@sequitur/example-encoders';
import { firstBatches, type RunOptions, shareOf } from '@sequitur/recipe';
import { type SubwordTokenizer, trainWordPieceTokenizer } from '@sequitur/text';
import { answerBatches } from './answer-batches.js';
import { answerWindows } from './answer-windows.js';
import { type ClozeOptions, clozeBatches, wordsOf } from './cloze-questions.js';
import type { Question, QuestionSets } from './questions.js';

/** Size and training settings of the reader: first on generated questions, then on real ones too. */
export interface ReaderRecipe {
  readonly shape: Omit<BertConfig, 'modelType' | 'vocabularySize'>;
  /** Maximum vocabulary size. */
  readonly vocabularySize: number;
  /** `share`: fraction of the whole run. */
  readonly aligning: ReaderStage & { readonly share: number };
  readonly reading: ReaderStage;
}

export interface ReaderStage {
  readonly batchSize: number;
  readonly peakRate: number;
  readonly cloze: ClozeOptions;
}

/**
 * Trains a vocabulary, then a reader on generated questions about short passages, then on longer passages with
 * alternating batches of real and generated questions.
 *
 * @returns the reader, which the caller disposes, or null if the first stage was interrupted
 */
export async function trainReader(
  sets: QuestionSets,
  recipe: ReaderRecipe,
  options: RunOptions,
): Promise<TrainedEncoder<QuestionAnsweringHead> | null> {
  const { share } = recipe.aligning;
  const known = sets.training.flatMap(({ question, context }) => [question, context]);
  const tokenizer = await trainWordPieceTokenizer([...new Set(known)], { vocabularySize: recipe.vocabularySize });
  const aligned = await preTrain(aligning(sets, recipe, tokenizer, options.seed), {
    ...options,
    limit: shareOf(options.limit, share),
  });
  if (aligned === null) return null;
  const model = await Bert.fromPretrained<QuestionAnsweringHead>(aligned.folder, { head: questionAnswering() });
  console.log('\nSecond stage: longer passages and real questions.');
  const result = await trainOnBatches(model, reading(sets, recipe, tokenizer, options.seed), {
    ...options,
    limit: shareOf(options.limit, 1 - share),
    folder: `${options.folder}/fine-tuning`,
  });
  return { model, preTrained: aligned, result };
}

function aligning(sets: QuestionSets, recipe: ReaderRecipe, tokenizer: SubwordTokenizer, seed: string) {
  const { batchSize, peakRate, cloze } = recipe.aligning;
  const [texts, heldOut] = [sets.training, sets.validation].map((questions) => textsOf(questions, tokenizer)) as [
    ReturnType<typeof textsOf>,
    ReturnType<typeof textsOf>,
  ];
  const validationBatches = clozeBatches(tokenizer, heldOut, cloze, { batchSize, seed: 'validation' });
  return {
    config: { modelType: 'bert', vocabularySize: tokenizer.vocabularySize, ...recipe.shape },
    ...{ tokenizer, peakRate, head: questionAnswering() },
    source: `on questions generated from ${texts.length} texts`,
    title: 'Cloze questions',
    unit: 'nats per end of an answer',
    batches: () => clozeBatches(tokenizer, texts, cloze, { batchSize, seed }),
    validation: firstBatches(validationBatches, { batches: 4, of: 4 }),
  };
}

function reading(sets: QuestionSets, recipe: ReaderRecipe, tokenizer: SubwordTokenizer, seed: string) {
  const { batchSize, peakRate, cloze } = recipe.reading;
  const { contextLength } = recipe.shape;
  const size = { maxLength: contextLength, overlap: Math.floor(contextLength / 4) };
  const [forTraining, heldOut] = [sets.training, sets.validation].map((questions) =>
    questions.flatMap((question) => answerWindows(tokenizer, question, size)),
  ) as [ReturnType<typeof answerWindows>, ReturnType<typeof answerWindows>];
  const texts = textsOf(sets.training, tokenizer);
  const validationBatches = answerBatches(heldOut, tokenizer, { batchSize: 16, seed: 'validation' });
  return {
    ...{ title: 'Question answering', unit: 'nats per end of an answer', peakRate },
    batches: () =>
      alternating(
        clozeBatches(tokenizer, texts, cloze, { batchSize, seed }),
        answerBatches(forTraining, tokenizer, { batchSize, seed }),
      ),
    validation: firstBatches(validationBatches, { batches: 8, of: heldOut.length / 16 }),
  };
}

/** The words of every text, each text once. */
export function textsOf(questions: readonly Question[], tokenizer: SubwordTokenizer) {
  return [...new Set(questions.map(({ context }) => context))].map((text) => wordsOf(tokenizer, text));
}

/** Alternates between two sequences. */
function* alternating<T>(first: Iterable<T>, second: Iterable<T>): Generator<T> {
  const others = second[Symbol.iterator]();
  for (const one of first) {
    yield one;
    const other = others.next();
    if (other.done) return;
    yield other.value;
  }
}
