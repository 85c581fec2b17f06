import { initialize, openBackend } from '@sequitur/core';
import { ConfigReader, type Family, readFamilyConfig, writeFamilyConfig } from '@sequitur/pretrained';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  bloomFamily,
  GptClassifier,
  gpt2Family,
  gptFamilies,
  gptNeoxFamily,
  llamaFamily,
  transformerXlFamily,
} from '../src/index.js';

const read = <C extends object>(family: Family<C>, json: object): C =>
  readFamilyConfig(new ConfigReader({ model_type: family.modelType, ...json }, 'config.json'), [family]).config as C;

describe('a configuration', () => {
  it('may say sizes by two names at once, as configurations written out whole do', () => {
    const sizes = { n_embed: 24, hidden_size: 24, n_layer: 3, num_hidden_layers: 3, n_head: 6, num_attention_heads: 6 };
    expect(read(bloomFamily, sizes)).toMatchObject({ width: 24, depth: 3, heads: 6 });
    expect(read(bloomFamily, { hidden_size: 8 })).toMatchObject({ width: 8, depth: 2, heads: 8 });
  });

  it('that says positions are not scaled says nothing of them', () => {
    for (const rope of [null, { rope_type: 'default' }, { type: 'default' }]) {
      expect(read(llamaFamily, { rope_scaling: rope })).not.toHaveProperty('rotaryScaling');
      expect(read(gptNeoxFamily, { rope_parameters: rope })).not.toHaveProperty('rotaryScaling');
    }
  });

  it.each([
    { rope_type: 'linear', factor: 2 },
    { rope_type: 'dynamic', factor: 2 },
    {
      ...{ rope_type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4 },
      original_max_position_embeddings: 8192,
    },
    { ...{ rope_type: 'yarn', factor: 4, beta_fast: 16, beta_slow: 2 }, original_max_position_embeddings: 2048 },
    {
      ...{ rope_type: 'yarn', factor: 4, attention_factor: 1.5, beta_fast: 32, beta_slow: 1, truncate: false },
      original_max_position_embeddings: 2048,
    },
  ])('writes the scaling of positions as it was read: %j', (scaling) => {
    expect(writeFamilyConfig(llamaFamily, read(llamaFamily, { rope_scaling: scaling })).rope_scaling).toEqual(scaling);
    expect(writeFamilyConfig(llamaFamily, read(llamaFamily, {}))).not.toHaveProperty('rope_scaling');
  });

  it('has the amplitude of YaRN by its two scales, 1 where nothing is stretched', () => {
    const amplitude = (factor: number) => {
      const yarn = { rope_type: 'yarn', factor, mscale: 0.7, mscale_all_dim: 1, original_max_position_embeddings: 64 };
      return read(llamaFamily, { rope_scaling: yarn }).rotaryScaling as unknown as { amplitude: number };
    };
    expect(amplitude(4).amplitude).toBeCloseTo((0.07 * Math.log(4) + 1) / (0.1 * Math.log(4) + 1), 12);
    expect(amplitude(0.5).amplitude).toBe(1);
  });

  it('may turn whole heads by name, and no parts of them where the family has none', () => {
    const part = (share: number) =>
      read(llamaFamily, { rope_parameters: { rope_theta: 5, partial_rotary_factor: share } });
    expect(part(1)).toMatchObject({ rotaryBase: 5 });
    expect(() => part(0.5)).toThrow(/partial_rotary_factor.*whole heads/s);
  });

  it('of a Transformer-XL has clusters of tokens that lie in the vocabulary, one behind the other', () => {
    const sizes = { d_model: 4, n_layer: 1, n_head: 1, d_head: 4, d_inner: 4, mem_len: 2, vocab_size: 9 };
    const readCutoffs = (cutoffs: unknown) => read(transformerXlFamily, { ...sizes, cutoffs }).cutoffs;
    expect(readCutoffs([3, 6])).toEqual([3, 6]);
    for (const wrong of [[3, 9], [6, 3], [0, 3], [3, 3], ['3'], 3]) expect(() => readCutoffs(wrong)).toThrow(/cutoffs/);
  });

  it.each(gptFamilies.map((family) => [family.modelType, family] as const))(
    'of %s is read again as it was written',
    (_name, family) => {
      const config = read(family, { ...(family.modelType === 'gpt_neo' && { num_layers: 2 }), initializer_range: 0.5 });
      const again = read(family, writeFamilyConfig(family, config));
      expect(again).toEqual(config);
    },
  );
});

describe('a classifier', () => {
  beforeEach(() => openBackend('cpu'));

  it('takes rows of 0 and 1 for several labels each, where its configuration says nothing', async () => {
    const config = { vocabularySize: 9, contextLength: 6, width: 8, depth: 1, heads: 2, labels: ['a', 'b', 'c'] };
    const texts = [[1, 2, 3], [4]];
    const labels = [
      [1, 0, 1],
      [0, 0, 1],
    ];
    const losses = [undefined, 'multiLabel' as const].map(async (problem) => {
      const empty = new GptClassifier({ ...config, ...(problem && { problem }) }, { family: gpt2Family });
      const model = initialize(empty, 1);
      const loss = model.loss(texts, labels);
      const [value] = await loss.data();
      loss.dispose();
      model.dispose();
      return value;
    });
    const [told, known] = await Promise.all(losses);
    expect(known).toBeGreaterThan(0.5); // 0.69 for even odds
    expect(told).toBe(known);
  });
});
