import { option, SequiturError } from '@sequitur/core';
import type { GenerateOptions } from '../options.js';

/** Settings of Hugging Face's `generate`, with the names of `generation_config.json`: `num_beams`, `bad_words_ids`. */
export type GenerationSettings = Readonly<Record<string, unknown>>;

/** The prompt of Hugging Face's generate, as far as its settings refer to it. */
export interface GenerationPrompt {
  /** Tokens of the prompt, padding included, as Hugging Face counts. */
  readonly length: number;
  /** The input of the encoder, if there is one. */
  readonly sources?: readonly (readonly number[])[];
}

type Read<Value> = (value: Value, prompt: GenerationPrompt, all: GenerationSettings) => GenerateOptions;

/** The kind of a setting's values, and the options that it stands for. */
interface Setting {
  readonly rule: option.OptionRule;
  readonly read: Read<never>;
}

function setting<Value>(rule: option.OptionRule, read: Read<Value>): Setting {
  return { rule, read };
}

/** A setting that applies only with `do_sample`. */
function ofSampling(rule: option.OptionRule, name: keyof GenerateOptions): Setting {
  return setting(rule, (value, _prompt, all) => (all.do_sample ? { [name]: value } : {}));
}

/** Hugging Face's default of top_k. */
export const DEFAULT_TOP_K = 50;

const nothing = () => ({});
const count = option.countOrNone;
const number = option.number('a number');
const tokens = option.listOf(count);
const sequences = option.listOf(tokens);
const tokenOrTokens = option.either(
  'a token id, or a list of token ids',
  option.integer(-1),
  option.listOf(option.integer(-1)),
);

/**
 * How each setting of Hugging Face's `generate` maps to our options. Null, and the values that disable a rule there,
 * disable it here.
 */
export const SETTINGS: Readonly<Record<string, Setting>> = {
  max_new_tokens: setting(count, (maxTokens: number) => ({ maxTokens })),
  // In Hugging Face max_new_tokens overrides max_length.
  max_length: setting(count, (length: number, prompt, all) =>
    all.max_new_tokens == null ? { maxTokens: tokensAfter(prompt, length) } : {},
  ),
  min_new_tokens: setting(count, (minTokens: number) => ({ minTokens })),
  min_length: setting(count, (length: number, prompt, all) => ({
    minTokens: Math.max(0, length - prompt.length, (all.min_new_tokens as number | null | undefined) ?? 0),
  })),
  // A negative id denotes no token.
  eos_token_id: setting(tokenOrTokens, (id: number | number[]) => ({
    endTokens: [id].flat().filter((each) => each >= 0),
  })),
  repetition_penalty: setting(option.positive, (repetitionPenalty: number) => ({ repetitionPenalty })),
  encoder_repetition_penalty: setting(option.positive, (sourceRepetitionPenalty: number, { sources }) => ({
    sourceRepetitionPenalty,
    sources,
  })),
  no_repeat_ngram_size: setting(count, (noRepeatNgram: number) => ({ noRepeatNgram })),
  encoder_no_repeat_ngram_size: setting(count, (sourceNoRepeatNgram: number, { sources }) => ({
    sourceNoRepeatNgram,
    sources,
  })),
  bad_words_ids: setting(sequences, (words: number[][], _prompt, all) => ({
    // A bad word that is the end token is left to the length options.
    badWords: words.filter((word) => !(word.length === 1 && [all.eos_token_id].flat().includes(word[0]))),
  })),
  sequence_bias: setting(
    option.kind('pairs of token ids and a bias', (value) => Array.isArray(value) || isEmptyObject(value)),
    (biases: GenerateOptions['sequenceBias']) => ({ sequenceBias: Array.isArray(biases) ? biases : [] }),
  ),
  suppress_tokens: setting(tokens, (suppressTokens: number[]) => ({ suppressTokens })),
  begin_suppress_tokens: setting(tokens, (beginSuppressTokens: number[]) => ({ beginSuppressTokens })),
  // Hugging Face forces the token only after a prompt of one token.
  forced_bos_token_id: setting(count, (token: number, { length }) => (length === 1 ? { forcedBosToken: token } : {})),
  forced_eos_token_id: setting(tokenOrTokens, (forcedEosToken: number | number[]) => ({ forcedEosToken })),
  exponential_decay_length_penalty: setting(
    option.kind('a pair of a start and a factor', (value) => Array.isArray(value) && value.length === 2),
    ([start, factor]: [number, number]) => ({ exponentialDecayLengthPenalty: { start, factor } }),
  ),
  remove_invalid_values: setting(option.flag, (finite: boolean) => ({ finite })),
  renormalize_logits: setting(option.flag, (renormalized: boolean) => ({ renormalized })),
  num_return_sequences: setting(option.count, (sequences: number) => ({ sequences })),
  num_beams: setting(option.count, (beams: number, _prompt, all) =>
    beams > 1 ? { beamSearch: beamSettings(beams, all) } : {},
  ),
  num_beam_groups: setting(option.count, nothing),
  diversity_penalty: setting(option.nonNegative, nothing),
  length_penalty: setting(number, nothing),
  early_stopping: setting(option.oneOf(true, false, 'never'), nothing),
  do_sample: setting(option.flag, nothing),
  temperature: ofSampling(option.nonNegative, 'temperature'),
  top_k: ofSampling(count, 'topK'),
  top_p: ofSampling(option.share, 'topP'),
  min_p: ofSampling(option.share, 'minP'),
  typical_p: ofSampling(option.share, 'typical'),
  epsilon_cutoff: ofSampling(option.share, 'epsilonCutoff'),
  eta_cutoff: ofSampling(option.share, 'etaCutoff'),
  // Hugging Face uses contrastive search only in place of greedy decoding, and with several candidates.
  penalty_alpha: setting(option.share, (penalty: number, _prompt, all) => {
    const candidates = (all.top_k as number | null | undefined) ?? DEFAULT_TOP_K;
    const isGreedy = !all.do_sample && ((all.num_beams as number | null | undefined) ?? 1) === 1;
    return penalty > 0 && candidates > 1 && isGreedy ? { contrastive: { penalty, candidates } } : {};
  }),
  prompt_lookup_num_tokens: setting(count, (tokens: number, _prompt, all) =>
    tokens > 0 ? { speculation: { tokens, ...lookupOf(all) } } : {},
  ),
};

/** Settings that other code reads (the model's tokens), or that have no effect on the generated tokens. */
export const INERT = [
  ...['_name_or_path', 'output_router_logits'],
  ...['pad_token_id', 'bos_token_id', 'decoder_start_token_id', 'max_matching_ngram_size', 'transformers_version'],
  ...['_from_model_config', '_commit_hash', 'trust_remote_code', 'generation_kwargs', 'use_cache', 'cache_config'],
  ...['cache_implementation', 'return_legacy_cache', 'prefill_chunk_size', 'compile_config', 'disable_compile'],
  ...['low_memory', 'return_dict_in_generate', 'output_scores', 'output_logits', 'output_attentions'],
  ...['output_hidden_states', 'is_assistant', 'num_assistant_tokens', 'num_assistant_tokens_schedule'],
  ...['assistant_confidence_threshold', 'assistant_lookbehind', 'target_lookbehind'],
];

/**
 * Settings that change the generated tokens and are not supported, with the values other than null that disable them.
 */
export const UNSUPPORTED: Readonly<Record<string, readonly unknown[]>> = {
  ...{ guidance_scale: [1], token_healing: [false], force_words_ids: ['[]'], forced_decoder_ids: ['[]'] },
  ...{ constraints: ['[]'], watermarking_config: [], dola_layers: [], max_time: [], stop_strings: ['[]'] },
  ...{ assistant_early_exit: [], top_h: [1] },
};

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

function tokensAfter({ length }: GenerationPrompt, maximum: number): number {
  if (maximum > length) return maximum - length;
  throw new SequiturError({
    where: 'generation settings, max_length',
    expected: `more than the ${length} tokens of the prompt`,
    got: `${maximum}`,
    fix: 'Give maxTokens, or max_new_tokens in generation_config.json',
  });
}

function lookupOf({ max_matching_ngram_size: longest }: GenerationSettings): { readonly lookup?: number } {
  return typeof longest === 'number' && longest > 0 ? { lookup: longest } : {};
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
