/** From questions with answers in texts to a small BERT that finds answers. */
import { answer, type Bert } from '@sequitur/bert';
import { SequiturError } from '@sequitur/core';
import { figuresOf, savedAndLoaded } from '@sequitur/example-encoders';
import { type RecipeOptions, runRecipe, saveResults, shortPath } from '@sequitur/recipe';
import { answerScores } from '@sequitur/text';
import { type Question, questionSets, readArticles } from './questions.js';
import { type ReaderRecipe, trainReader } from './train-reader.js';

const command = {
  name: 'question-answering',
  about: 'Trains a small BERT from nothing to find the answers to questions in texts.',
  seconds: 900,
  data: { value: '<file>', help: 'questions in the JSON of SQuAD, 1.1 or 2.0 (needed: none come from npm)' },
};

const recipe: ReaderRecipe = {
  shape: {
    width: 64,
    depth: 2,
    heads: 4,
    contextLength: 192,
    dropout: 0.1,
    attentionDropout: 0.1,
    initialDeviation: 0.08,
  },
  vocabularySize: 2500,
  preTraining: { batchSize: 16, peakRate: 1.5e-3, share: 0.1 },
  fineTuning: { batchSize: 16, peakRate: 2e-3, hidden: 0 },
  clozeQuestions: 60,
};

async function main(options: RecipeOptions): Promise<void> {
  const [file] = options.data;
  if (file === undefined) throw missing();
  const sets = questionSets(await readArticles(file), options.seed);
  const { training, validation, test } = sets;
  console.log(`${training.length} questions to learn from, ${validation.length} to watch, ${test.length} to judge by.`);
  const trained = await trainReader(sets, recipe, options);
  if (!trained) return;
  const model = await savedAndLoaded(trained.model, options);
  const scores = await judge(model, test);
  const learnt = await judge(model, training.slice(0, test.length));
  await saveResults(options.folder, {
    ...{ data: shortPath(file), questions: training.length, 'test questions': test.length },
    ...figuresOf(trained, options),
    ...{ 'exact match': scores.exactMatch, F1: scores.f1, 'F1 on training questions': learnt.f1 },
  });
  model.dispose();
}

async function judge(model: Bert, questions: readonly Question[]) {
  const noAnswer = questions.some(({ answers }) => answers.length === 0);
  const found: string[] = [];
  for (const { question, context } of questions) {
    const [best] = await answer(model, question, context, { noAnswer });
    found.push(best?.text ?? '');
  }
  const { question, answers } = questions[0]!;
  console.log(`\n"${question}" It says: "${found[0]}". Right: "${answers[0]?.text ?? 'no answer'}".`);
  return answerScores(
    found,
    questions.map((each) => each.answers.map(({ text }) => text)),
  );
}

function missing(): SequiturError {
  return new SequiturError({
    where: '--data',
    expected: 'a file of questions in the JSON of SQuAD',
    got: 'none',
    fix: 'No such data come from npm: take SQuAD from rajpurkar.github.io/SQuAD-explorer, or xquad.en.json from github.com/google-deepmind/xquad',
  });
}

await runRecipe(command, main);
