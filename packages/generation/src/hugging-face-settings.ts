import { SequiturError } from '@sequitur/core';
import type { GenerateOptions } from './options.js';

/** Settings of Hugging Face's `generate`, with the names of `generation_config.json`: `num_beams`, `bad_words_ids`. */
export type GenerationSettings = Readonly<Record<string, unknown>>;

/** The prompt of Hugging Face's generate, as far as its settings refer to it. */
export interface GenerationPrompt {
  /** Tokens of the prompt, padding included, as Hugging Face counts. */
  readonly length: number;
  /** The input of the encoder, if there is one. */
  readonly sources?: readonly (readonly number[])[];
}

type Reader = (value: never, prompt: GenerationPrompt, all: GenerationSettings) => GenerateOptions;

const nothing: Reader = () => ({});

/** Settings that apply only with `do_sample`. */
function sampling(names: Readonly<Record<string, keyof GenerateOptions>>): Readonly<Record<string, Reader>> {
  const read = (option: keyof GenerateOptions): Reader => {
    return (value: number, _prompt, all) => (all.do_sample ? { [option]: value } : {});
  };
  return Object.fromEntries(Object.entries(names).map(([name, option]) => [name, read(option)]));
}

/** How each setting of Hugging Face's `generate` maps to our options; others are refused by name. */
const READERS: Readonly<Record<string, Reader>> = {
  max_new_tokens: (maxTokens: number) => ({ maxTokens }),
  // In Hugging Face max_new_tokens overrides max_length.
  max_length: (length: number, prompt, all) =>
    all.max_new_tokens == null ? { maxTokens: Math.max(0, length - prompt.length) } : {},
  min_new_tokens: (minTokens: number) => ({ minTokens }),
  min_length: (length: number, prompt, all) => ({
    minTokens: Math.max(0, length - prompt.length, (all.min_new_tokens as number | undefined) ?? 0),
  }),
  eos_token_id: (id: number | number[]) => ({ endTokens: [id].flat() }),
  repetition_penalty: (repetitionPenalty: number) => ({ repetitionPenalty }),
  encoder_repetition_penalty: (sourceRepetitionPenalty: number, { sources }) => ({ sourceRepetitionPenalty, sources }),
  no_repeat_ngram_size: (n: number) => (n > 0 ? { noRepeatNgram: n } : {}),
  encoder_no_repeat_ngram_size: (n: number, { sources }) => (n > 0 ? { sourceNoRepeatNgram: n, sources } : {}),
  bad_words_ids: (words: number[][], _prompt, all) => ({
    // A bad word that is the end token is left to the length options.
    badWords: words.filter((word) => !(word.length === 1 && [all.eos_token_id].flat().includes(word[0]))),
  }),
  sequence_bias: (biases: [number[], number][]) => ({ sequenceBias: biases }),
  suppress_tokens: (suppressTokens: number[]) => ({ suppressTokens }),
  begin_suppress_tokens: (beginSuppressTokens: number[]) => ({ beginSuppressTokens }),
  // Hugging Face forces the token only after a prompt of one token.
  forced_bos_token_id: (token: number, { length }) => (length === 1 ? { forcedBosToken: token } : {}),
  forced_eos_token_id: (token: number | number[]) => ({ forcedEosToken: token }),
  exponential_decay_length_penalty: ([start, factor]: [number, number]) => ({
    exponentialDecayLengthPenalty: { start, factor },
  }),
  remove_invalid_values: (finite: boolean) => ({ finite }),
  renormalize_logits: (renormalized: boolean) => ({ renormalized }),
  num_return_sequences: (sequences: number) => ({ sequences }),
  num_beams: (beams: number, _prompt, all) => (beams > 1 ? { beamSearch: beamSettings(beams, all) } : {}),
  do_sample: nothing,
  ...sampling({ temperature: 'temperature', top_k: 'topK', top_p: 'topP', min_p: 'minP' }),
  ...sampling({ typical_p: 'typical', epsilon_cutoff: 'epsilonCutoff', eta_cutoff: 'etaCutoff' }),
  penalty_alpha: (penalty: number, _prompt, all) =>
    penalty > 0 ? { contrastive: { penalty, candidates: (all.top_k as number | undefined) ?? 50 } } : {},
  prompt_lookup_num_tokens: (tokens: number) => ({ speculation: { tokens } }),
};

/** Settings that are read elsewhere (the beams, the model), or have no effect on the generated tokens. */
const ELSEWHERE = [
  ...['num_beam_groups', 'diversity_penalty', 'length_penalty', 'early_stopping'],
  ...['pad_token_id', 'bos_token_id', 'decoder_start_token_id', 'use_cache'],
  ...['_from_model_config', 'transformers_version', 'return_dict_in_generate', 'output_scores'],
  'max_matching_ngram_size',
];

/** Whether an attribute of a model config is a generation setting. */
export function isGenerationSetting(name: string): boolean {
  return Object.hasOwn(READERS, name) || ELSEWHERE.includes(name);
}

/** The defaults of Hugging Face. */
const DEFAULTS: GenerationSettings = { max_length: 20 };

/**
 * Converts settings of Hugging Face to generation options.
 *
 * @throws SequiturError naming a setting that is not supported
 */
export function readGenerationSettings(given: GenerationSettings, prompt: GenerationPrompt): GenerateOptions {
  const all = { ...DEFAULTS, ...given };
  let options: GenerateOptions = {};
  for (const [name, value] of Object.entries(all)) {
    if (value === null || value === undefined || ELSEWHERE.includes(name)) continue;
    if (!Object.hasOwn(READERS, name)) {
      throw new SequiturError({
        where: 'generation settings',
        expected: `settings among ${Object.keys(READERS).join(', ')}`,
        got: `${name} = ${JSON.stringify(value)}`,
      });
    }
    options = { ...options, ...READERS[name]!(value as never, prompt, all) };
  }
  // Sampling without a temperature is temperature 1 in Hugging Face.
  return all.do_sample && options.temperature === undefined ? { ...options, temperature: 1 } : options;
}

function beamSettings(beams: number, all: GenerationSettings): GenerateOptions['beamSearch'] {
  const groups = (all.num_beam_groups as number | null | undefined) ?? 1;
  return {
    beams,
    lengthPenalty: (all.length_penalty as number | null | undefined) ?? 1,
    earlyStopping: (all.early_stopping as boolean | 'never' | null | undefined) ?? false,
    ...(groups > 1 && {
      groups,
      diversityPenalty: (all.diversity_penalty as number | null | undefined) ?? 0,
      finishedGroupToken: paddingOf(all),
    }),
  };
}

/** The token that pads shorter sequences: the padding id, else the first end token. */
export function paddingOf({ pad_token_id: padding, eos_token_id: end }: GenerationSettings): number {
  return (padding ?? [end].flat()[0] ?? 0) as number;
}
