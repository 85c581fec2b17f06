/** Trains a small BERT for extractive question answering. */
import type { Bert, QuestionAnsweringHead } from '@sequitur/bert';
import { SequiturError } from '@sequitur/core';
import { figuresOf, savedAndLoaded } from '@sequitur/example-encoders';
import { firstBatches, type RecipeOptions, runRecipe, saveResults, shortPath } from '@sequitur/recipe';
import type { SubwordTokenizer } from '@sequitur/text';
import { type ClozeOptions, clozeBatches } from './cloze-questions.js';
import { evaluateCloze, evaluateGuesses, evaluateReader } from './evaluate-reader.js';
import { type Question, questionSets, readArticles } from './questions.js';
import { type ReaderRecipe, textsOf, trainReader } from './train-reader.js';

const command = {
  name: 'question-answering',
  about: 'Trains a small BERT from scratch for extractive question answering.',
  seconds: 440,
  data: { value: '<file>', help: "questions in SQuAD's JSON format, 1.1 or 2.0 (required)" },
};

const recipe: ReaderRecipe = {
  shape: {
    ...{ width: 64, depth: 2, heads: 4, hiddenWidth: 128, contextLength: 192 },
    // Scores that depend on the distance should help to find neighbouring words. Other position types were not tried.
    positions: 'relativeKey',
    initializerRange: 0.1,
  },
  vocabularySize: 1000,
  aligning: {
    ...{ batchSize: 32, peakRate: 2e-3, share: 0.6 },
    cloze: { passage: { least: 24, most: 64 }, around: 4 },
  },
  reading: {
    ...{ batchSize: 16, peakRate: 1e-3 },
    cloze: { passage: { least: 48, most: 144 }, around: 6, omitted: 0.15 },
  },
};

async function main(options: RecipeOptions): Promise<void> {
  const [file] = options.data;
  if (file === undefined) throw missing();
  const sets = questionSets(await readArticles(file), options.seed);
  const { training, validation, test } = sets;
  console.log(
    `${training.length} training questions, ${validation.length} validation questions, ${test.length} test questions.`,
  );
  const trained = await trainReader(sets, recipe, options);
  if (!trained) return;
  const model = await savedAndLoaded(trained.model, options);
  const scores = await evaluateReader(model, test);
  const onTraining = await evaluateReader(model, training.slice(0, test.length));
  const guesses = evaluateGuesses(test, options.seed);
  await saveResults(options.folder, {
    ...{ data: shortPath(file), questions: training.length, 'test questions': test.length },
    ...figuresOf(trained, options),
    ...{ 'exact match': scores.exactMatch, F1: scores.f1 },
    ...{ 'exact match of training questions': onTraining.exactMatch, 'F1 of training questions': onTraining.f1 },
    ...{ 'exact match of a random span': guesses.random.exactMatch, 'F1 of a random span': guesses.random.f1 },
    ...{ 'exact match of the nearest span': guesses.nearest.exactMatch, 'F1 of the nearest span': guesses.nearest.f1 },
    ...(await clozeFigures(model as Bert<QuestionAnsweringHead>, test)),
  });
  model.dispose();
}

/** Exact match on generated questions about test texts, with passages as short and as long as in training. */
async function clozeFigures(model: Bert<QuestionAnsweringHead>, test: readonly Question[]) {
  const tokenizer = model.tokenizer as SubwordTokenizer;
  const texts = textsOf(test, tokenizer);
  const exact = (passage: ClozeOptions['passage']) => {
    const batches = clozeBatches(tokenizer, texts, { passage, around: 4 }, { batchSize: 32, seed: 'test' });
    return evaluateCloze(model, firstBatches(batches, { batches: 10, of: 10 }));
  };
  const [short, long] = [recipe.aligning.cloze.passage, recipe.reading.cloze.passage];
  return {
    'generated questions, short passages, exact match': await exact(short),
    'generated questions, long passages, exact match': await exact(long),
  };
}

function missing(): SequiturError {
  return new SequiturError({
    where: '--data',
    expected: "a file of questions in SQuAD's JSON format",
    got: 'none',
    fix: 'There is no such npm package: download SQuAD from rajpurkar.github.io/SQuAD-explorer, or xquad.en.json from github.com/google-deepmind/xquad',
  });
}

await runRecipe(command, main);
