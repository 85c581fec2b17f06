import { anInteger, type ConfigReader, isFalse, type ReadAttribute } from '@sequitur/pretrained';
import type { SequenceToSequenceConfig } from './family.js';

/** Attributes that leave a model as it is: bookkeeping, training aids, settings of other heads. */
export const BOOKKEEPING = [
  ...['_name_or_path', 'architectures', 'dtype', 'torch_dtype', 'transformers_version', 'use_cache'],
  ...['gradient_checkpointing', 'output_past', 'task_specific_params', 'return_dict', 'output_attentions'],
  ...['output_hidden_states', 'attn_implementation', '_attn_implementation_autoset', 'id2label', 'label2id'],
  ...['num_labels', 'problem_type', 'finetuning_task', 'classifier_dropout', 'classif_dropout', 'n_positions'],
  ...['tokenizer_class', 'prefix', 'save_step', 'encoder_layerdrop', 'decoder_layerdrop', 'init_std', '_num_labels'],
];

/** Settings of generation, kept as they are. */
const GENERATION = [
  ...['num_beams', 'max_length', 'min_length', 'length_penalty', 'early_stopping', 'no_repeat_ngram_size'],
  ...['encoder_no_repeat_ngram_size', 'repetition_penalty', 'bad_words_ids', 'forced_bos_token_id', 'do_sample'],
  ...['forced_eos_token_id', 'temperature', 'top_k', 'top_p', 'num_beam_groups', 'diversity_penalty', 'typical_p'],
  ...['num_return_sequences', 'suppress_tokens', 'begin_suppress_tokens', 'max_new_tokens', 'min_new_tokens'],
  ...['remove_invalid_values', 'exponential_decay_length_penalty'],
];

/** What every such configuration says of tokens and generation. */
export function readCommon(
  json: ConfigReader,
  defaults: { readonly padding: number; readonly start?: number; readonly end?: number },
): Omit<SequenceToSequenceConfig, 'modelType' | 'vocabularySize'> {
  for (const name of ['is_decoder', 'tie_encoder_decoder', 'add_cross_attention']) json.take(name, isFalse, false);
  json.maybe('is_encoder_decoder', (value) => value);
  const paddingToken = json.take('pad_token_id', anInteger(0), defaults.padding);
  const startToken = json.maybe('bos_token_id', anInteger(0));
  const endToken = json.maybe('eos_token_id', anInteger(0)) ?? defaults.end;
  const generation = readGeneration(json);
  return {
    paddingToken,
    decoderStartToken: json.take('decoder_start_token_id', anInteger(0), defaults.start ?? paddingToken),
    ...(startToken !== undefined && { startToken }),
    ...(endToken !== undefined && { endToken }),
    ...(Object.keys(generation).length > 0 && { generation }),
  };
}

function readGeneration(json: ConfigReader): Record<string, unknown> {
  const asItIs: ReadAttribute<unknown> = (value) => value;
  // A null says "not this", where the class would have a setting of its own.
  const named = GENERATION.filter((name) => json.has(name));
  return Object.fromEntries(named.map((name) => [name, json.maybe(name, asItIs) ?? null]));
}

export function writeCommon(config: SequenceToSequenceConfig): Record<string, unknown> {
  return {
    model_type: config.modelType,
    is_encoder_decoder: true,
    pad_token_id: config.paddingToken,
    decoder_start_token_id: config.decoderStartToken,
    ...(config.startToken !== undefined && { bos_token_id: config.startToken }),
    ...(config.endToken !== undefined && { eos_token_id: config.endToken }),
    ...config.generation,
    use_cache: true,
  };
}
