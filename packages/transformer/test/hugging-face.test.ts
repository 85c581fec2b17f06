import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend, parametersOf } from '@sequitur/core';
import { type Checkpoint, ConfigReader, folderSource, openCheckpoint } from '@sequitur/pretrained';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SequenceToSequence, type SequenceToSequenceConfig, sequenceToSequenceFamilies } from '../src/index.js';

const fixtures = join(import.meta.dirname, '..', '..', 'conformance', 'fixtures');
const open = (folder: string) => openCheckpoint(folderSource(folder));

describe('Hugging Face folders', () => {
  let folder: string;
  beforeEach(async () => {
    await openBackend('cpu');
    folder = await mkdtemp(join(tmpdir(), 'sequitur-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('keep half precision and the settings of generation', async () => {
    const model = await SequenceToSequence.fromPretrained(join(fixtures, 'marian'));
    expect(model.generation).toMatchObject({ forced_eos_token_id: 0, bad_words_ids: [[126]] });
    await model.savePretrained(folder, { dtype: 'BF16' });
    await writeFile(join(folder, 'generation_config.json'), JSON.stringify({ num_beams: 4 }));
    const half = await SequenceToSequence.fromPretrained(folder);
    expect(half.generation).toEqual({ num_beams: 4 });
    const again = join(folder, 'again');
    await half.savePretrained(again);
    const [first, second] = [await open(folder), await open(again)];
    for (const tensor of first.tensors.keys()) await expectSameTensor(second, first, tensor);
    expect(JSON.parse(await readFile(join(again, 'config.json'), 'utf8')).torch_dtype).toBe('bfloat16');
    expect(JSON.parse(await readFile(join(again, 'generation_config.json'), 'utf8'))).toEqual({ num_beams: 4 });
    await Promise.all([first.close(), second.close()]);
    for (const part of [model, half]) part.dispose();
  });

  it.each(sequenceToSequenceFamilies.map(({ modelType }) => modelType))(
    'of a fresh %s are read as they were written, with separate tables and heads',
    async (modelType) => {
      const config = {
        ...{ modelType, vocabularySize: 11, decoderStartToken: 1, paddingToken: 0, width: 8, contextLength: 9 },
        ...{ encoderDepth: 1, encoderHeads: 2, encoderHiddenWidth: 12, decoderDepth: 1, decoderHeads: 2 },
        ...{ decoderHiddenWidth: 10, heads: 2, headSize: 3, hiddenWidth: 6, tied: false, sharedEmbedding: false },
        ...{ targetVocabularySize: 7, gated: true, activation: 'silu' },
      };
      const { vocabularySize, sharedEmbedding, targetVocabularySize, ...common } = config;
      const used = modelType === 'marian' ? config : { ...common, vocabularySize };
      const model = SequenceToSequence.create<SequenceToSequenceConfig>(used, { seed: 4 });
      await model.savePretrained(folder);
      const again = await SequenceToSequence.fromPretrained(folder);
      const values = parametersOf(again);
      for (const [path, parameter] of parametersOf(model)) {
        expect(await values.get(path)!.read(), path).toEqual(await parameter.read());
      }
      expect([...values.keys()]).toEqual([...parametersOf(model).keys()]);
      expect([sharedEmbedding, targetVocabularySize]).toEqual([false, 7]);
      model.dispose();
      again.dispose();
    },
  );
});

it('a shared table leaves the target no vocabulary of another size, whatever the configuration says of it', async () => {
  await openBackend('cpu');
  const marian = sequenceToSequenceFamilies.find(({ modelType }) => modelType === 'marian')!;
  const sizes = { encoder_layers: 1, encoder_attention_heads: 1, encoder_ffn_dim: 4, vocab_size: 11, d_model: 4 };
  const json = {
    ...sizes,
    ...{ model_type: 'marian', decoder_layers: 1, decoder_attention_heads: 1, decoder_ffn_dim: 4, pad_token_id: 0 },
    ...{ decoder_vocab_size: 7, decoder_start_token_id: 0 },
  };
  for (const [shared, size] of [
    [true, 11],
    [false, 7],
  ] as const) {
    const given = { ...json, share_encoder_decoder_embeddings: shared };
    const model = SequenceToSequence.create(marian.readConfig(new ConfigReader(given, 'config.json')));
    const logits = model.apply({ source: [[1, 10]], target: [[0, 2, 3]] });
    expect(logits.shape).toEqual([1, 3, size]);
    logits.dispose();
    model.dispose();
  }
});

async function expectSameTensor(found: Checkpoint, wanted: Checkpoint, name: string): Promise<void> {
  const { dtype, shape } = wanted.tensors.get(name)!;
  expect(found.tensors.get(name), name).toMatchObject({ dtype, shape });
  expect(await found.readFloat32(name), name).toEqual(await wanted.readFloat32(name));
}
