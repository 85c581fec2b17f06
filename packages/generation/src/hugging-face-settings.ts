import { SequiturError } from '@sequitur/core';
import type { GenerateOptions } from './options.js';

/** Settings of Hugging Face's `generate` as its configurations spell them: `num_beams`, `bad_words_ids`. */
export type GenerationSettings = Readonly<Record<string, unknown>>;

/** What Hugging Face's generate begins from, as far as its settings speak of it. */
export interface GenerationPrompt {
  /** Tokens of a prompt, padding included: Hugging Face counts lengths so. */
  readonly length: number;
  /** The text that an encoder has read, where there is one. */
  readonly sources?: readonly (readonly number[])[];
}

type Reader = (value: never, prompt: GenerationPrompt, all: GenerationSettings) => GenerateOptions;

const nothing: Reader = () => ({});

/** Settings that count only where `do_sample` is on. */
function sampling(names: Readonly<Record<string, keyof GenerateOptions>>): Readonly<Record<string, Reader>> {
  const read = (option: keyof GenerateOptions): Reader => {
    return (value: number, _prompt, all) => (all.do_sample ? { [option]: value } : {});
  };
  return Object.fromEntries(Object.entries(names).map(([name, option]) => [name, read(option)]));
}

/** How each setting of Hugging Face's `generate` reads in ours; what is missing here is refused by name. */
const READERS: Readonly<Record<string, Reader>> = {
  max_new_tokens: (maxTokens: number) => ({ maxTokens }),
  // Hugging Face lets max_new_tokens rule where both are given.
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
    // A forbidden end token is left to the rules on length.
    badWords: words.filter((word) => !(word.length === 1 && [all.eos_token_id].flat().includes(word[0]))),
  }),
  sequence_bias: (biases: [number[], number][]) => ({ sequenceBias: biases }),
  suppress_tokens: (suppressTokens: number[]) => ({ suppressTokens }),
  begin_suppress_tokens: (beginSuppressTokens: number[]) => ({ beginSuppressTokens }),
  // Hugging Face forces the token that follows a prompt of one token.
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

/** Read by others (the beams, the model), or without meaning for what is written. */
const ELSEWHERE = [
  ...['num_beam_groups', 'diversity_penalty', 'length_penalty', 'early_stopping'],
  ...['pad_token_id', 'bos_token_id', 'decoder_start_token_id', 'use_cache'],
  ...['_from_model_config', 'transformers_version', 'return_dict_in_generate', 'output_scores'],
  'max_matching_ngram_size',
];

/** Whether an attribute of a model's configuration is one of generation. */
export function isGenerationSetting(name: string): boolean {
  return Object.hasOwn(READERS, name) || ELSEWHERE.includes(name);
}

/** Hugging Face's own defaults, where neither a case nor a configuration says more. */
const DEFAULTS: GenerationSettings = { max_length: 20 };

/**
 * The options that settings of Hugging Face ask for.
 *
 * @throws SequiturError naming a setting that we do not follow
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
  // Chance without a temperature is Hugging Face's temperature of 1.
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
      settledToken: paddingOf(all),
    }),
  };
}

/** What fills up the shorter texts: the padding id, else the first end token. */
export function paddingOf({ pad_token_id: padding, eos_token_id: end }: GenerationSettings): number {
  return (padding ?? [end].flat()[0] ?? 0) as number;
}
