import { openBackend } from '@sequitur/core';
import {
  pairTask,
  type RecipeOptions,
  runTraining,
  savedAs,
  saveResults,
  shortPath,
  smallTransformer,
} from '@sequitur/recipe';
import { SequenceToSequence, translate } from '@sequitur/transformer';
import type { Corpus, Example } from './corpus.js';

/** Trains on a corpus, saves the model, loads it again and evaluates it on held-out pairs. */
export async function trainTranslator(corpus: Corpus, options: RecipeOptions<string>) {
  const { tokenizer, splits, settings, name } = corpus;
  const { training, validation, test } = splits;
  describe(corpus);
  const { beams } = settings;
  const model = smallTransformer(tokenizer, { ...settings.model, generation: { num_beams: beams } }, options.seed);
  const task = pairTask({
    ...{ name, title: `Translation: ${name}`, unit: settings.unit, seed: options.seed },
    ...{ batchSize: settings.batchSize, peak: settings.peak, paddingToken: model.paddingToken },
    training: training.flatMap((example) => example.targets.map((target) => corpus.encode(example.source, target))),
    validation: validation.map(({ source, targets }) => corpus.encode(source, targets[0]!)),
  });
  const result = await runTraining(model, task, options);
  await model.savePretrained(options.folder, savedAs(options));
  model.dispose();
  console.log(`Saved as a Hugging Face folder: ${shortPath(options.folder)}`);
  const again = await SequenceToSequence.fromPretrained(options.folder);
  const began = performance.now();
  const predictions = await translate(again, sourcesOf(test), { batchSize: 64 });
  again.dispose();
  show(test, predictions);
  const scores = corpus.score(predictions, test);
  const evaluationMinutes = (performance.now() - began) / 60_000;
  const { name: backend } = await openBackend(options.backend);
  await saveResults(options.folder, {
    ...{ data: name, pairs: training.length, 'held out': test.length, seed: options.seed, backend },
    ...result,
    ...{ 'minutes of evaluation': evaluationMinutes, beams },
    ...scores,
  });
  return { ...result, scores };
}

function describe({ name, tokenizer, splits, settings }: Corpus): void {
  const { training, validation, test } = splits;
  const counts = [training, validation, test].map(({ length }) => length.toLocaleString('en'));
  const { width, depth, heads } = settings.model;
  console.log(
    `${name}: ${counts[0]} for training, ${counts[1]} for validation, ${counts[2]} held out; ${tokenizer.vocabularySize} tokens.`,
  );
  console.log(`The model: ${depth} + ${depth} layers of width ${width}, ${heads} heads.`);
}

function sourcesOf(examples: readonly Example[]): string[] {
  return examples.map(({ source }) => source);
}

/** Prints a few examples. */
function show(examples: readonly Example[], predictions: readonly string[]): void {
  const step = Math.max(1, Math.floor(examples.length / 6));
  for (let index = 0; index < examples.length; index += step) {
    const { source, targets } = examples[index]!;
    console.log(`\n  ${source}\n    written  ${predictions[index]}\n    wanted   ${targets.join(' | ')}`);
  }
}
