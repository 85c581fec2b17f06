import { join } from 'node:path';
import { openBackend, Random } from '@sequitur/core';
import {
  pairTask,
  type RecipeOptions,
  runTraining,
  type SmallTransformerSize,
  type Split,
  saveResults,
  shareOf,
  shortPath,
  smallTransformer,
} from '@sequitur/recipe';
import { rouge, type Tokenizer, trainByteLevelTokenizer } from '@sequitur/text';
import { SequenceToSequence, summarize } from '@sequitur/transformer';
import { type Article, readArticles } from './abstracts.js';
import { readingPassages } from './reading-pairs.js';

/** Maximum length of a text and of a summary in tokens. */
export const SOURCE_LENGTH = 192;
const SUMMARY_LENGTH = 64;

const GENERATION = { num_beams: 2, no_repeat_ngram_size: 3, length_penalty: 1, max_length: SUMMARY_LENGTH };

/** Sizes and training settings, smaller in tests. */
export interface SummarizationSettings {
  readonly vocabularySize: number;
  readonly model: SmallTransformerSize;
  readonly batchSize: number;
  /** Fraction of the run for copying sentences, 0 to 1, and its peak learning rate. */
  readonly readingShare: number;
  readonly readingPeak: number;
  /** Peak learning rate of summarization. */
  readonly peak: number;
}

const SETTINGS: SummarizationSettings = {
  vocabularySize: 4000,
  model: { width: 128, depth: 2, heads: 4, contextLength: SOURCE_LENGTH, dropout: 0.1, generation: GENERATION },
  ...{ batchSize: 16, readingShare: 0.7, readingPeak: 2e-3, peak: 1e-3 },
};

/**
 * Trains on texts with summaries, saves the model, loads it again, and compares it with the first sentence of each
 * text.
 */
export async function trainSummarizer(options: RecipeOptions, settings = SETTINGS) {
  const { training, validation, test } = await readArticles(options.data[0]);
  const texts = training.flatMap(({ sentences, summaries }) => [sentences.join(' '), ...summaries]);
  const tokenizer = await trainByteLevelTokenizer(texts, {
    ...{ vocabularySize: settings.vocabularySize, specialTokens: ['</s>', '<unk>', '<pad>'] },
    ...{ endToken: '</s>', paddingToken: '<pad>' },
  });
  const counts = `${training.length} for training, ${validation.length} for validation, ${test.length} held out`;
  console.log(`Texts with summaries: ${counts}; ${tokenizer.vocabularySize} tokens.`);
  const model = smallTransformer(tokenizer, settings.model, options.seed);
  const tasks = tasksOf({ training, validation, test }, tokenizer, model.paddingToken, settings, options.seed);
  const { readingShare } = settings;
  console.log('\nFirst stage: copying the principal sentence of each passage.');
  const read = await runTraining(model, tasks.reading, {
    ...{ ...options, limit: shareOf(options.limit, readingShare), folder: join(options.folder, 'reading') },
  });
  if (read.interrupted) return { ...read, scores: {} as Record<string, number> };
  console.log('\nSecond stage: summarization.');
  const summed = await runTraining(model, tasks.summing, {
    ...options,
    limit: shareOf(options.limit, 1 - readingShare),
  });
  const result = {
    ...summed,
    readingSteps: read.steps,
    readingLoss: read.validationLoss,
    readingMinutes: read.minutes,
  };
  await model.savePretrained(options.folder);
  model.dispose();
  console.log(`Saved as a Hugging Face folder: ${shortPath(options.folder)}`);
  const again = await SequenceToSequence.fromPretrained(options.folder);
  const sources = test.map(({ sentences }) => beginningOf(sentences, tokenizer));
  const written = await summarize(again, sources, { batchSize: 32 });
  again.dispose();
  show(test, written);
  const { name: backend } = await openBackend(options.backend);
  const scores = scoresBesideLead(written, test);
  await saveResults(options.folder, {
    ...{ texts: training.length, 'held out': test.length, seed: options.seed, backend },
    ...result,
    ...scores,
  });
  return { ...result, scores };
}

function tasksOf(
  { training, validation }: Record<Split, Article[]>,
  tokenizer: Tokenizer,
  paddingToken: number,
  settings: SummarizationSettings,
  seed: string,
) {
  const encode = (sentences: readonly string[], summary: string) => ({
    source: tokenizer.encode(beginningOf(sentences, tokenizer), { specialTokens: true }),
    target: tokenizer.encode(summary, { specialTokens: true }).slice(0, SUMMARY_LENGTH),
  });
  const passagesOf = (articles: readonly Article[], passagesOfEach: number, name: string) => {
    const texts = articles.map(({ sentences }) => sentences);
    const passages = readingPassages(texts, { random: Random.fromSeed(seed).fork(name), passagesOfEach });
    const whole = passages.filter(({ sentences }) => beginningOf(sentences, tokenizer) === sentences.join(' '));
    return whole.map(({ sentences, principal }) => encode(sentences, principal));
  };
  const common = { seed, batchSize: settings.batchSize, paddingToken, unit: 'nats per token' };
  return {
    reading: pairTask({
      ...{ ...common, name: 'passages', title: 'Copying the principal sentence', peak: settings.readingPeak },
      training: passagesOf(training, 8, 'reading'),
      validation: passagesOf(validation.slice(0, 200), 1, 'validationBatches'),
    }),
    summing: {
      ...pairTask({
        ...{ ...common, name: 'texts and summaries', title: 'Summarization', peak: settings.peak },
        training: training.flatMap(({ sentences, summaries }) =>
          summaries.map((summary) => encode(sentences, summary)),
        ),
        validation: validation.map(({ sentences, summaries }) => encode(sentences, summaries[0]!)),
      }),
      patience: 5,
    },
  };
}

/**
 * The beginning of a text that fits into the model, with room for the end token; cut between words, so that its tokens
 * do not change.
 */
export function beginningOf(sentences: readonly string[], tokenizer: Tokenizer): string {
  const text = sentences.join(' ');
  const { offsets } = tokenizer.tokenize(text, { specialTokens: false });
  if (offsets.length < SOURCE_LENGTH) return text;
  let last = SOURCE_LENGTH - 2;
  while (last > 0 && text[offsets[last]![1]] !== ' ') last--;
  return text.slice(0, offsets[last]![1]);
}

/** ROUGE of the generated summaries, and of the first sentence of each text, in percent. */
export function scoresBesideLead(written: readonly string[], articles: readonly Article[]): Record<string, number> {
  const references = articles.map(({ summaries }) => summaries);
  const lead = articles.map(({ sentences }) => sentences[0]!);
  const named = (title: string, texts: readonly string[]) => {
    const { rouge1, rouge2, rougeL } = rouge(texts, references);
    return {
      [`${title} ROUGE-1`]: 100 * rouge1,
      [`${title} ROUGE-2`]: 100 * rouge2,
      [`${title} ROUGE-L`]: 100 * rougeL,
    };
  };
  return { ...named('model', written), ...named('lead-1', lead) };
}

/** Prints a few examples. */
function show(articles: readonly Article[], written: readonly string[]): void {
  const step = Math.max(1, Math.floor(articles.length / 4));
  for (let index = 0; index < articles.length; index += step) {
    console.log(`\n  written  ${written[index]}\n  wanted   ${articles[index]!.summaries[0]}`);
  }
}
