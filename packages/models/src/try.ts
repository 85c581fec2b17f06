/**
 * Runs a model of this package on its example inputs, or on your texts: `pnpm --filter @sequitur/models try
 * stories-gpt`.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Bert, fillMask } from '@sequitur/bert';
import { openBackend, SequiturError } from '@sequitur/core';
import { Gpt } from '@sequitur/gpt';
import { SequenceToSequence, translate } from '@sequitur/transformer';
import { type ShippedModel, type ShippedTask, shippedModels } from './shipped-models.js';
import { understand } from './understand.js';

const folders = fileURLToPath(new URL('../folders', import.meta.url));

/** The outputs of a model for a list of texts, by task. */
const answers: Readonly<Record<ShippedTask, (folder: string, texts: readonly string[]) => Promise<readonly string[]>>> =
  {
    async write(folder, titles) {
      const model = await Gpt.fromPretrained(folder);
      const stories: string[] = [];
      for (const title of titles) {
        let story = '';
        const options = { maxTokens: 100, temperature: 0.7, topP: 0.95, seed: 1 };
        for await (const piece of model.complete(`${title}\n\n`, options)) story += piece;
        stories.push(story.trim());
      }
      model.dispose();
      return stories;
    },
    async pronounce(folder, words) {
      const model = await SequenceToSequence.fromPretrained(folder);
      const phonemes = await translate(model, words);
      model.dispose();
      return phonemes;
    },
    async understand(folder, sentences) {
      const model = await Bert.fromPretrained(folder);
      const found = await understand(model, sentences);
      model.dispose();
      const slotsOf = ({ slots }: (typeof found)[number]) =>
        slots.map(({ type, text }) => `${type} = ${text}`).join(', ');
      return found.map((each) => `${each.intent} (${(100 * each.score).toFixed(0)} %): ${slotsOf(each) || 'no slots'}`);
    },
    async fillMask(folder, texts) {
      const model = await Bert.fromPretrained(folder);
      const lines: string[] = [];
      for (const text of texts) {
        const [fillings] = await fillMask(model, text);
        lines.push(fillings!.map(({ token, score }) => `${token} ${(100 * score).toFixed(0)} %`).join(', '));
      }
      model.dispose();
      return lines;
    },
  };

async function main([name, ...texts]: readonly string[]): Promise<void> {
  const model: ShippedModel | undefined = shippedModels.find((each) => each.name === name);
  if (!model) {
    const expected = `one of ${shippedModels.map((each) => each.name).join(', ')}`;
    throw new SequiturError({ where: 'try', expected, got: name ?? 'none' });
  }
  await openBackend(['wasm', 'cpu']);
  const asked = texts.length > 0 ? texts : model.examples;
  const answered = await answers[model.task](join(folders, model.name), asked);
  for (const [index, text] of asked.entries()) console.log(`${text}\n  ${answered[index]!.replaceAll('\n', '\n  ')}\n`);
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof SequiturError ? error.message : error);
  process.exitCode = 1;
});
