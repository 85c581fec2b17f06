import { type CausalModel, initialize, openBackend } from '@sequitur/core';
import { type GenerateOptions, type GenerationSettings, generateSequences } from '@sequitur/generation';
import { CharacterTokenizer } from '@sequitur/text';
import { attention, LanguageModel } from '@sequitur/transformer';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Conversation, Gpt, gpt2Family, llamaFamily, RecurrentMemoryGpt } from '../../src/index.js';

const tokenizer = new CharacterTokenizer([...'|:abcdefghisu ']);
const sizes = { vocabularySize: tokenizer.vocabularySize, contextLength: 90, width: 16, depth: 2, heads: 4 };
const config = { ...sizes, keyHeads: 2, hiddenWidth: 24, initializerRange: 0.5 };

interface Completing extends CausalModel {
  complete(prompt: string, options?: object): AsyncIterable<string>;
}

/** A model whose folder holds these settings in `generation_config.json`. */
const models: Readonly<Record<string, (generation: GenerationSettings) => Completing>> = {
  Gpt: (generation) => Gpt.create(config, { ...{ seed: 4, family: llamaFamily, tokenizer }, metadata: { generation } }),
  LanguageModel: (generation) => {
    const blocks = [attention({ heads: 2 })];
    const model = LanguageModel.create({ vocabularySize: tokenizer.vocabularySize, width: 16, blocks }, { tokenizer });
    return Object.assign(model, { metadata: { generation } });
  },
  RecurrentMemoryGpt: (generation) => {
    const base = { ...sizes, initializerRange: 0.5 };
    const memory = { family: gpt2Family, segmentLength: 8, memoryTokens: 2 };
    return initialize(new RecurrentMemoryGpt({ base, ...memory }, { tokenizer, metadata: { generation } }), 4);
  },
};

async function joined(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

async function generated(model: CausalModel, prompt: string, options: GenerateOptions): Promise<string> {
  const [sequences] = await generateSequences(model, [tokenizer.encode(prompt)], options);
  return tokenizer.decode(sequences![0]!.tokens);
}

describe('generation_config.json', () => {
  beforeAll(() => openBackend('cpu'));

  for (const [title, create] of Object.entries(models)) {
    it(`is followed by complete, and options win: ${title}`, async () => {
      const cases: readonly [GenerationSettings, GenerateOptions, GenerateOptions][] = [
        [{}, { maxTokens: 9 }, { maxTokens: 9 }],
        [{ max_new_tokens: 7, repetition_penalty: 1.8 }, {}, { maxTokens: 7, repetitionPenalty: 1.8 }],
        [{ max_length: 11, no_repeat_ngram_size: 2 }, {}, { maxTokens: 8, noRepeatNgram: 2 }],
        [
          { do_sample: true, temperature: 1.4, top_p: 0.9, max_new_tokens: 12 },
          { seed: 3 },
          { temperature: 1.4, topP: 0.9, topK: 50, maxTokens: 12, seed: 3 },
        ],
        [{ do_sample: true, top_k: 3, max_new_tokens: 12 }, { temperature: 0 }, { maxTokens: 12 }],
        [{ do_sample: true, top_k: 0, max_length: 5 }, { maxTokens: 9 }, { temperature: 1, maxTokens: 9 }],
        [{ num_beams: 3, max_new_tokens: 6 }, {}, { beamSearch: { beams: 3 }, maxTokens: 6 }],
      ];
      for (const [settings, options, expected] of cases) {
        const model = create(settings);
        const about = JSON.stringify([settings, options]);
        expect(await joined(model.complete('abc', options)), about).toBe(await generated(model, 'abc', expected));
        model.dispose();
      }
      const strange = create({ guidance_scale: 2 });
      await expect(joined(strange.complete('abc'))).rejects.toThrow(/guidance_scale = 2/);
      strange.dispose();
    });
  }

  it('says where complete stops', async () => {
    const free = Gpt.create(config, { seed: 4, family: llamaFamily, tokenizer });
    const whole = await joined(free.complete('abc', { maxTokens: 9 }));
    const stop = whole.slice(2, 4);
    const model = models.Gpt!({ stop_strings: [stop], max_new_tokens: 9 });
    expect(await joined(model.complete('abc'))).toBe(whole.slice(0, whole.indexOf(stop) + 2));
    expect(await joined(model.complete('abc', { stop: whole }))).toBe(whole);
    free.dispose();
    model.dispose();
  });

  const template = `{% for m in messages %}{{ m.role[0] }}:{{ m.content }}|{% endfor %}{% if add_generation_prompt %}a:{% endif %}`;
  const chatOf = (generation: GenerationSettings): Conversation =>
    (models.Gpt!(generation) as unknown as Gpt).chat({ template });

  it('is followed in every turn of a conversation, with all of its tokens', async () => {
    const settings = { repetition_penalty: 1.6, no_repeat_ngram_size: 3, max_new_tokens: 6 };
    const chat = chatOf(settings);
    const model = models.Gpt!({});
    let asked = '';
    for (const question of ['a bad', 'had', 'dad']) {
      asked += `u:${question}|a:`;
      const expected = await generated(model, asked, { repetitionPenalty: 1.6, noRepeatNgram: 3, maxTokens: 6 });
      expect(await joined(chat.say(question)), question).toBe(expected);
      asked += `${expected}|`;
    }
    chat.dispose();
    model.dispose();
  });

  it('is refused by a conversation where it asks for more than one sequence at a time', async () => {
    for (const settings of [{ num_beams: 2 }, { num_return_sequences: 2 }, { penalty_alpha: 0.5 }]) {
      const chat = chatOf(settings);
      await expect(joined(chat.say('a'))).rejects.toThrow(/Conversation\.say, (beamSearch|sequences|contrastive)/);
      expect(chat.messages).toEqual([]);
      chat.dispose();
    }
  });
});
