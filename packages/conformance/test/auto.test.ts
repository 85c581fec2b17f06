import { join } from 'node:path';
import { Bert } from '@sequitur/bert';
import { openBackend } from '@sequitur/core';
import { Gpt, GptClassifier } from '@sequitur/gpt';
import { Mamba } from '@sequitur/mamba';
import { Auto, filesSink, filesSource } from '@sequitur/pretrained';
import { attention, LanguageModel, SequenceToSequence } from '@sequitur/transformer';
import { beforeAll, describe, expect, it } from 'vitest';
import { models } from '../src/models/families.js';

const fixture = (folder: string) => join(import.meta.dirname, '..', 'fixtures', folder);

describe('Auto', () => {
  beforeAll(() => openBackend('cpu').then(() => undefined));

  it.each([
    ['gpt2-lm', Gpt],
    ['gpt2-base', Gpt],
    ['gpt2-seqcls', GptClassifier],
    ['bert-mlm', Bert],
    ['mamba', Mamba],
    ['bart', SequenceToSequence],
  ] as const)('opens %s with the class that has its head', async (folder, Class) => {
    const model = await Auto.fromPretrained(fixture(folder), { models });
    expect(model).toBeInstanceOf(Class);
    model.dispose();
  });

  it('opens models of the parts that it is given', async () => {
    const config = { vocabularySize: 7, width: 8, blocks: [attention({ heads: 2 })], endToken: 3 };
    const model = LanguageModel.create(config, { seed: 1 });
    const sink = filesSink();
    await model.savePretrained(sink);
    const classes = [Gpt, LanguageModel.of([attention])];
    const again = await Auto.fromPretrained(filesSource(sink.files), { models: classes });
    expect(again).toBeInstanceOf(LanguageModel);
    expect([again.headKind, (again as LanguageModel).endTokens]).toEqual(['languageModel', [3]]);
    for (const part of [model, again]) part.dispose();
  });

  it('names the class that a folder needs if it is not listed', async () => {
    const open = (folder: string) => Auto.fromPretrained(fixture(folder), { models: [Bert] });
    await expect(open('gpt2-lm')).rejects.toThrow(/got gpt2\. gpt2 is read by Gpt of @sequitur\/gpt/);
    const files = [new File([JSON.stringify({ model_type: 'no_such_model' })], 'config.json')];
    const unknown = Auto.fromPretrained(filesSource(files), { models: [Bert] });
    await expect(unknown).rejects.toThrow(/expected one of bert, .*No package of Sequitur builds no_such_model/);
    const classifier = Auto.fromPretrained(fixture('gpt2-seqcls'), { models: [Gpt] });
    await expect(classifier).rejects.toThrow(/got GPT2ForSequenceClassification/);
  });

  it('refuses options that it does not have', async () => {
    const misspelt = { models, onprogress: () => {} };
    await expect(Auto.fromPretrained(fixture('gpt2-lm'), misspelt)).rejects.toThrow(/got 'onprogress'/);
    const model = await Auto.fromPretrained(fixture('gpt2-lm'), { models });
    await expect(model.savePretrained(filesSink(), { dtype: 'F8' as 'F16' })).rejects.toThrow(/savePretrained, dtype/);
    model.dispose();
  });
});
