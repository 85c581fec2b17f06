import { openBackend } from '@sequitur/core';
import { type GenerateOptions, generateSequences, readGenerationSettings } from '@sequitur/generation';
import { CharacterTokenizer } from '@sequitur/text';
import { memory, tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { SequenceToSequence, streamFrom, summarize, translate, writeFrom } from '../src/index.js';

const tokenizer = new CharacterTokenizer([...'#<>abcdefgh']);
const bartSizes = {
  ...{ width: 16, encoderDepth: 1, encoderHeads: 2, encoderHiddenWidth: 24 },
  ...{ decoderDepth: 1, decoderHeads: 2, decoderHiddenWidth: 24 },
};
const config = {
  ...bartSizes,
  ...{ modelType: 'bart', vocabularySize: tokenizer.vocabularySize, contextLength: 40, activation: 'gelu' as const },
  ...{ paddingToken: 0, decoderStartToken: 2, endToken: 1, initializerRange: 0.7 },
};

/** A BART with settings in config.json, and in generation_config.json. */
function model(ofConfig: object, ofFile?: object): SequenceToSequence {
  const drawn = SequenceToSequence.create({ ...config, generation: ofConfig } as never, { seed: 3, tokenizer });
  const metadata = ofFile ? { ...drawn.metadata, generation: ofFile } : drawn.metadata;
  return Object.assign(drawn, { metadata });
}

/** What generation with these options writes, without the tasks. */
async function expected(made: SequenceToSequence, text: string, options: GenerateOptions): Promise<string> {
  const ids = tokenizer.encode(text);
  const source = tensor2d(ids, [1, ids.length], 'int32');
  const conditioned = made.conditionedOn(source);
  const best = (await generateSequences(conditioned, [[2]], options))[0]![0]!;
  conditioned.dispose();
  source.dispose();
  return tokenizer.decode(best.tokens);
}

async function joined(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

describe('writing from a text', () => {
  beforeAll(() => openBackend('cpu'));

  const settings = { num_beams: 3, max_length: 12, min_length: 6, no_repeat_ngram_size: 2, length_penalty: 2 };
  const asTold: GenerateOptions = {
    ...{ beamSearch: { beams: 3, lengthPenalty: 2 }, maxTokens: 11, minTokens: 5, noRepeatNgram: 2, endTokens: [1] },
  };

  it('follows generation_config.json, else the settings of config.json', async () => {
    const cases: [object, object | undefined, GenerateOptions][] = [
      [{}, settings, asTold],
      [settings, undefined, asTold],
      [{ num_beams: 2, max_length: 30 }, settings, asTold],
      [{}, { eos_token_id: 5, max_length: 9 }, { maxTokens: 8, endTokens: [5] }],
      [{}, undefined, { maxTokens: 19, endTokens: [1] }],
    ];
    for (const [ofConfig, ofFile, options] of cases) {
      const made = model(ofConfig, ofFile);
      const wanted = await expected(made, 'abc', options);
      const about = JSON.stringify([ofConfig, ofFile]);
      expect(await writeFrom(made, ['abc']), about).toEqual([wanted]);
      expect(await summarize(made, ['abc']), about).toEqual([wanted]);
      expect(await translate(made, ['abc']), about).toEqual([wanted]);
      expect(await joined(streamFrom(made, 'abc')), about).toBe(wanted);
      made.dispose();
    }
    expect(readGenerationSettings(settings, { length: 1 })).toMatchObject({ maxTokens: 11, minTokens: 5 });
  });

  it('lets options win, and ends at a stop string', async () => {
    const made = model({}, { max_length: 20 });
    const whole = (await writeFrom(made, ['abc'], { maxTokens: 6, endTokens: [] }))[0]!;
    expect(whole).toHaveLength(6);
    const stop = whole[2]!;
    const until = whole.slice(0, whole.indexOf(stop) + 1);
    expect(await writeFrom(made, ['abc'], { maxTokens: 6, endTokens: [], stop })).toEqual([until]);
    expect(await joined(streamFrom(made, 'abc', { maxTokens: 6, endTokens: [], stop: [stop] }))).toBe(until);
    made.dispose();
  });

  it('frees everything, also where settings are refused', async () => {
    const made = model({}, { guidance_scale: 3 });
    const before = memory().numTensors;
    await expect(writeFrom(made, ['abc'])).rejects.toThrow(/guidance_scale/);
    await expect(writeFrom(made, ['abc'], { stop: '' })).rejects.toThrow(/writeFrom, stop|guidance_scale/);
    await expect(joined(streamFrom(made, 'abc'))).rejects.toThrow(/guidance_scale/);
    expect(memory().numTensors).toBe(before);
    made.dispose();
  });
});
