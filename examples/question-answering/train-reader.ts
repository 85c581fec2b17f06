import { type QuestionAnsweringHead, questionAnswering } from '@sequitur/bert';
import { type EncoderRecipe, type TrainedEncoder, trainEncoder } from '@sequitur/example-encoders';
import { firstBatches, type RunOptions } from '@sequitur/recipe';
import { trainWordPieceTokenizer } from '@sequitur/text';
import { answerBatches } from './answer-batches.js';
import { answerWindows } from './answer-windows.js';
import { clozeQuestions } from './cloze-questions.js';
import type { Question, QuestionSets } from './questions.js';

export interface ReaderRecipe extends EncoderRecipe {
  /** Made of each text, beside the real ones. */
  readonly clozeQuestions: number;
}

/**
 * Trains a vocabulary, pre-trains an encoder on questions and their texts, and fine-tunes it on where the answers are,
 * of the real questions and of others that are made from the texts.
 *
 * @returns the reader, which the caller disposes, or null where pre-training was interrupted
 */
export async function trainReader(
  { training, validation }: QuestionSets,
  recipe: ReaderRecipe,
  options: RunOptions,
): Promise<TrainedEncoder<QuestionAnsweringHead> | null> {
  const { shape, vocabularySize, fineTuning } = recipe;
  const contexts = new Set(training.map(({ context }) => context));
  const made = clozeQuestions(contexts, { each: recipe.clozeQuestions, seed: options.seed });
  const known = [...contexts, ...training.map(({ question }) => question)];
  const tokenizer = await trainWordPieceTokenizer(known, { vocabularySize });
  const size = { maxLength: shape.contextLength, overlap: Math.floor(shape.contextLength / 4) };
  const windowsOf = (questions: readonly Question[]) =>
    questions.flatMap((question) => answerWindows(tokenizer, question, size));
  const [texts, watchedTexts] = [windowsOf(training), windowsOf(validation)];
  const learnt = [...texts, ...windowsOf(made)];
  const { batchSize } = fineTuning;
  const watching = answerBatches(watchedTexts, tokenizer, { batchSize: 16, seed: 'validation' });
  const task = {
    ...{ tokenizer, texts, watchedTexts, head: questionAnswering() },
    title: 'Finding answers',
    unit: 'nats per end of an answer',
    batches: () => answerBatches(learnt, tokenizer, { batchSize, seed: options.seed }),
    validation: firstBatches(watching, { batches: 8, of: watchedTexts.length / 16 }),
  };
  return trainEncoder(recipe, task, options);
}
