import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend, parametersOf } from '@sequitur/core';
import { folderSource, openCheckpoint } from '@sequitur/pretrained';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bert, maskedLanguage, sequenceClassification } from '../src/index.js';

const fixtures = join(import.meta.dirname, '..', '..', 'conformance', 'fixtures');
const open = (folder: string) => openCheckpoint(folderSource(folder));

describe('Hugging Face folders', () => {
  let folder: string;
  beforeEach(async () => {
    await openBackend('cpu');
    folder = await mkdtemp(join(tmpdir(), 'sequitur-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('lend their encoder and pooler to a new head, which is drawn from the seed', async () => {
    const head = sequenceClassification({ labels: ['no', 'perhaps', 'yes', 'surely'] });
    const model = await Bert.fromPretrained(join(fixtures, 'bert-pretraining'), { head, seed: 3 });
    const stored = await open(join(fixtures, 'bert-pretraining'));
    const word = 'bert.embeddings.word_embeddings.weight';
    const parameters = parametersOf(model);
    expect(await parameters.get('encoder.embedding.tokens.weight')!.read()).toEqual(await stored.readFloat32(word));
    const poolerBias = await stored.readFloat32('bert.pooler.dense.bias');
    expect(await parameters.get('head.pooler.dense.bias')!.read()).toEqual(poolerBias);
    expect(parameters.get('head.output.weight')!.shape).toEqual([48, 4]);
    await model.savePretrained(folder);
    const again = await Bert.fromPretrained(folder);
    expect(again.config.labels).toEqual(['no', 'perhaps', 'yes', 'surely']);
    await stored.close();
    model.dispose();
    again.dispose();
  });

  it('are refused where a tensor is missing', async () => {
    const head = maskedLanguage();
    await expect(Bert.fromPretrained(join(fixtures, 'gpt2-lm'), { head })).rejects.toThrow(/model_type/);
    const model = Bert.create(
      { modelType: 'bert', vocabularySize: 9, contextLength: 8, width: 8, depth: 1, heads: 2 },
      { head },
    );
    await model.savePretrained(folder);
    const path = join(folder, 'config.json');
    const config = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...config, num_hidden_layers: 2 }));
    await expect(Bert.fromPretrained(folder)).rejects.toThrow(/missing: bert.encoder.layer.1.attention/);
    await writeFile(path, JSON.stringify({ ...config, pruned_heads: { 0: [1] } }));
    await expect(Bert.fromPretrained(folder)).rejects.toThrow(/pruned/);
    await writeFile(path, JSON.stringify({ ...config, unheard_of: 1 }));
    await expect(Bert.fromPretrained(folder, { strict: true })).rejects.toThrow(/unheard_of/);
    model.dispose();
  });
});
