import {
  type AttributeTable,
  anInteger,
  anything,
  type ConfigReader,
  readSpecialTokens,
  type SpecialTokens,
  writeSpecialTokens,
} from '@sequitur/pretrained';
import type { SequenceToSequenceConfig } from './family.js';

/** Generation settings, which are kept unchanged. */
const GENERATION = [
  ...['num_beams', 'max_length', 'min_length', 'length_penalty', 'early_stopping', 'no_repeat_ngram_size'],
  ...['encoder_no_repeat_ngram_size', 'repetition_penalty', 'bad_words_ids', 'forced_bos_token_id', 'do_sample'],
  ...['forced_eos_token_id', 'temperature', 'top_k', 'top_p', 'num_beam_groups', 'diversity_penalty', 'typical_p'],
  ...['num_return_sequences', 'suppress_tokens', 'begin_suppress_tokens', 'max_new_tokens', 'min_new_tokens'],
  ...['remove_invalid_values', 'exponential_decay_length_penalty'],
];

/** Defaults of a config. */
export interface CommonDefaults extends SpecialTokens {
  readonly paddingToken: number;
  /** The start token of the decoder; default the padding token. */
  readonly decoderStartToken?: number;
  /** The generation settings of the class by default. */
  readonly generation?: Readonly<Record<string, unknown>>;
}

/** The attributes of tokens and generation that all encoder-decoder configs share, and encoders cut from them. */
export function commonAttributes({
  generation: defaults,
  decoderStartToken,
  ...tokens
}: CommonDefaults): AttributeTable<Omit<SequenceToSequenceConfig, 'modelType' | 'vocabularySize'>> {
  return {
    read: (json) => {
      const { paddingToken = tokens.paddingToken, ...special } = readSpecialTokens(json, tokens);
      const generation = { ...defaults, ...readGeneration(json) };
      return {
        ...special,
        paddingToken,
        decoderStartToken: json.take('decoder_start_token_id', anInteger(0), decoderStartToken ?? paddingToken),
        ...(Object.keys(generation).length > 0 && { generation }),
      };
    },
    write: (config) => ({
      decoder_start_token_id: config.decoderStartToken,
      ...writeSpecialTokens(config),
      ...config.generation,
      use_cache: true,
    }),
  };
}

function readGeneration(json: ConfigReader): Record<string, unknown> {
  // null disables a default setting of the class.
  const named = GENERATION.filter((name) => json.has(name));
  return Object.fromEntries(named.map((name) => [name, json.maybe(name, anything) ?? null]));
}
