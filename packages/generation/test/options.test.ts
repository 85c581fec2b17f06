import { openBackend } from '@sequitur/core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type GenerateOptions,
  generateSequences,
  readGenerationSettings,
  withGenerationSettings,
} from '../src/index.js';
import { Bigram } from './bigram.js';

const model = new Bigram(9, 3);
const prompts = [[1, 2, 3], [4]];
const prompt = { length: 3 };

async function tokensOf(options: GenerateOptions): Promise<(readonly number[])[]> {
  const sequences = await generateSequences(model, prompts, { maxTokens: 12, ...options });
  return sequences.flat().map(({ tokens }) => tokens);
}

/** Values that switch a rule off, as options and as settings of Hugging Face. */
const off: readonly (readonly [GenerateOptions, Readonly<Record<string, unknown>>])[] = [
  [{ topK: 0 }, { top_k: 0 }],
  [{ topP: 1 }, { top_p: 1, top_k: 0 }],
  [{ minP: 0 }, { min_p: 0, top_k: 0 }],
  [{ typical: 1 }, { typical_p: 1, top_k: 0 }],
  [{ epsilonCutoff: 0 }, { epsilon_cutoff: 0, top_k: 0 }],
  [{ etaCutoff: 0 }, { eta_cutoff: 0, top_k: 0 }],
  [{ repetitionPenalty: 1 }, { repetition_penalty: 1, top_k: 0 }],
  [{ sourceRepetitionPenalty: 1 }, { encoder_repetition_penalty: 1, top_k: 0 }],
  [{ presencePenalty: 0, frequencyPenalty: 0 }, {}],
  [{ noRepeatNgram: 0 }, { no_repeat_ngram_size: 0, top_k: 0 }],
  [{ sourceNoRepeatNgram: 0 }, { encoder_no_repeat_ngram_size: 0, top_k: 0 }],
  [{ badWords: [] }, { bad_words_ids: [], top_k: 0 }],
  [{ sequenceBias: [] }, { sequence_bias: {}, top_k: 0 }],
  [
    { suppressTokens: [], beginSuppressTokens: [] },
    { suppress_tokens: [], begin_suppress_tokens: [], top_k: 0 },
  ],
  [{ forcedEosToken: [] }, { forced_eos_token_id: [], top_k: 0 }],
  [{ exponentialDecayLengthPenalty: { start: 0, factor: 1 } }, { exponential_decay_length_penalty: [0, 1], top_k: 0 }],
  [
    { minTokens: 0, minLength: 0 },
    { min_new_tokens: 0, min_length: 0, top_k: 0 },
  ],
  [{ endTokens: [] }, { eos_token_id: [], top_k: 0 }],
  [
    { finite: false, renormalized: false },
    { remove_invalid_values: false, renormalize_logits: false, top_k: 0 },
  ],
  [{ processors: [] }, {}],
  [{}, { num_beams: 1, early_stopping: true, num_beam_groups: 1, diversity_penalty: 0, length_penalty: 2 }],
  [{}, { penalty_alpha: 0, prompt_lookup_num_tokens: 0, guidance_scale: 1, token_healing: false }],
];

describe('values that switch a rule off', () => {
  beforeAll(() => openBackend('cpu'));

  for (const [options, settings] of off) {
    const title = JSON.stringify([options, settings]);
    it(`leave sampling and greedy decoding as they are: ${title}`, async () => {
      const sampled = { temperature: 1.3, seed: 3 };
      expect(await tokensOf({ ...sampled, ...options })).toEqual(await tokensOf(sampled));
      const { temperature: _, ...read } = readGenerationSettings(
        { do_sample: true, top_k: 0, ...settings, max_new_tokens: 12 },
        prompt,
      );
      expect(await tokensOf({ ...read, ...sampled })).toEqual(await tokensOf(sampled));
      const greedy = readGenerationSettings({ ...settings, max_new_tokens: 12 }, prompt);
      expect(await tokensOf(greedy)).toEqual(await tokensOf({}));
    });
  }

  it('are also null, in options and settings', async () => {
    const names = off.flatMap(([options]) => Object.keys(options));
    const nulls = Object.fromEntries(
      [...names, 'beamSearch', 'contrastive', 'speculation'].map((name) => [name, null]),
    );
    expect(await tokensOf({ ...nulls, temperature: 1.3 } as GenerateOptions)).toEqual(
      await tokensOf({ temperature: 1.3 }),
    );
    const settings = Object.fromEntries(off.flatMap(([, each]) => Object.keys(each)).map((name) => [name, null]));
    expect(readGenerationSettings({ ...settings, max_length: null }, prompt)).toEqual({});
  });

  it('mean sampling nevertheless where they are options of sampling', async () => {
    const random = await tokensOf({ temperature: 1, seed: 5 });
    expect(random).not.toEqual(await tokensOf({}));
    for (const options of [{ topK: 0 }, { topP: 1 }, { typical: 1 }, { minP: 0 }])
      expect(await tokensOf({ ...options, seed: 5 })).toEqual(random);
    expect(await tokensOf({ topK: 0, temperature: 0, seed: 5 })).toEqual(await tokensOf({}));
  });
});

describe('generation settings', () => {
  it('have the defaults of Hugging Face', () => {
    expect(readGenerationSettings({}, prompt)).toEqual({ maxTokens: 17 });
    expect(readGenerationSettings({ do_sample: true }, prompt)).toEqual({ maxTokens: 17, topK: 50, temperature: 1 });
    expect(readGenerationSettings({ do_sample: true, top_k: null, max_new_tokens: 4 }, prompt)).toEqual({
      ...{ maxTokens: 4, temperature: 1 },
    });
    expect(readGenerationSettings({ temperature: 0.3, top_p: 0.5, top_k: 9, max_length: null }, prompt)).toEqual({});
    expect(readGenerationSettings({ penalty_alpha: 0.6, max_length: null }, prompt)).toEqual({
      contrastive: { penalty: 0.6, candidates: 50 },
    });
    for (const more of [{ do_sample: true }, { num_beams: 2 }, { top_k: 1 }, { top_k: 0 }])
      expect(readGenerationSettings({ penalty_alpha: 0.6, ...more }, prompt)).not.toHaveProperty('contrastive');
  });

  it('are replaced by options: a length by either length, a strategy by any other', () => {
    const settings = { max_length: 30, do_sample: true, top_k: 7, num_beams: 3, eos_token_id: 2 };
    const over = (options: GenerateOptions) => withGenerationSettings(options, settings, prompt);
    expect(over({})).toMatchObject({ maxTokens: 27, topK: 7, beamSearch: { beams: 3 }, endTokens: [2] });
    expect(over({ maxLength: 90, topK: undefined })).toMatchObject({ maxLength: 90, topK: 7 });
    expect(over({ maxLength: 90 })).not.toHaveProperty('maxTokens');
    expect(over({ speculation: {} })).not.toHaveProperty('beamSearch');
    expect(over({ topK: 0, endTokens: [] })).toMatchObject({ topK: 0, endTokens: [] });
  });

  it('that nobody knows are warned of by name, once', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    for (let time = 0; time < 2; time++)
      expect(readGenerationSettings({ profiles: { bold: 1 }, max_length: null }, prompt)).toEqual({});
    expect(warn.mock.calls).toEqual([['generation settings: profiles is unknown and is not read']]);
    warn.mockRestore();
  });

  it('are refused by name where they are not supported, of another type, or leave no room', () => {
    for (const [settings, message] of [
      [{ max_time: 3 }, /max_time = 3/],
      [{ guidance_scale: 1.5 }, /guidance_scale = 1.5/],
      [{ bad_words_ids: 5 }, /bad_words_ids: expected a list, got 5/],
      [{ num_beams: '4' }, /num_beams: expected an integer of at least 1, got "4"/],
      [{ do_sample: 'yes' }, /do_sample: expected true or false/],
      [{ exponential_decay_length_penalty: 3 }, /exponential_decay_length_penalty/],
      [{ max_length: 3 }, /max_length: expected more than the 3 tokens of the prompt, got 3/],
    ] as const) {
      expect(() => readGenerationSettings(settings, prompt)).toThrow(message);
    }
  });
});

describe('options of generation', () => {
  beforeAll(() => openBackend('cpu'));

  it('are checked in one place before anything is computed', async () => {
    for (const [options, message] of [
      [{ topk: 3 }, /generation, topk: expected options among/],
      [{ topP: 1.5 }, /topP: expected a number from 0 to 1, got 1.5/],
      [{ temperature: -1 }, /temperature/],
      [{ badWords: 5 }, /badWords/],
      [{ badWords: [[]] }, /badWords/],
      [{ endTokens: 3 }, /endTokens: expected a list/],
      [{ stop: 'x' }, /stop/],
      [{ maxTokens: 1.5 }, /maxTokens/],
      [{ sequences: 0 }, /sequences/],
      [{ whenFull: 'wrap' }, /whenFull/],
      [{ beamSearch: { beams: 2, width: 3 } }, /beamSearch.*width/],
      [{ beamSearch: { beams: 2 }, speculation: {} }, /one generation strategy, got beamSearch and speculation/],
      [{ speculation: { draft: new Bigram(5, 1) } }, /same vocabulary/],
    ] as const) {
      const steps = model.steps;
      await expect(
        generateSequences(model, prompts, options as never),
        JSON.stringify(Object.keys(options)),
      ).rejects.toThrow(message);
      expect(model.steps).toBe(steps);
    }
  });
});
