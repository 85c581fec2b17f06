import { SequiturError } from '@sequitur/core';
import { anInteger, type ConfigReader, isFalse, oneOf, type ReadAttribute, texts } from '@sequitur/pretrained';
import type { ClassificationProblem, GptConfig } from '../family.js';

/** Attributes that leave every model as it is: bookkeeping, and settings of generation, training and other tasks. */
const BOOKKEEPING = [
  ...[
    '_name_or_path',
    'auto_map',
    'dtype',
    'torch_dtype',
    'transformers_version',
    'use_cache',
    'gradient_checkpointing',
  ],
  ...[
    'attn_implementation',
    '_attn_implementation',
    '_attn_implementation_autoset',
    'output_past',
    'task_specific_params',
  ],
  ...[
    'return_dict',
    'return_dict_in_generate',
    'output_attentions',
    'output_hidden_states',
    'output_scores',
    'torchscript',
  ],
  ...['finetuning_task', 'num_labels', 'label2id', 'tokenizer_class', 'prefix', 'classifier_dropout'],
  ...['do_sample', 'max_length', 'min_length', 'max_new_tokens', 'num_beams', 'num_return_sequences', 'temperature'],
  ...['top_k', 'top_p', 'typical_p', 'repetition_penalty', 'length_penalty', 'no_repeat_ngram_size', 'early_stopping'],
  ...[
    'bad_words_ids',
    'unk_token_id',
    'sep_token_id',
    'decoder_start_token_id',
    'pretraining_tp',
    'chunk_size_feed_forward',
  ],
  // Further ones of a configuration that was written out whole.
  ...['use_bfloat16', 'tf_legacy_loss', 'pruned_heads', 'cross_attention_hidden_size', 'tie_encoder_decoder'],
  ...['num_beam_groups', 'diversity_penalty', 'encoder_no_repeat_ngram_size', 'forced_bos_token_id'],
  ...['forced_eos_token_id', 'remove_invalid_values', 'exponential_decay_length_penalty', 'suppress_tokens'],
  ...['begin_suppress_tokens'],
];

/** Reads what all families share, lets `read` take the rest, and refuses what nobody knows. */
export function readWith<Config extends GptConfig>(
  json: ConfigReader,
  modelType: string,
  ignored: readonly string[],
  read: () => Omit<Config, 'startToken' | 'endToken' | 'paddingToken' | 'labels' | 'problem'>,
): Config {
  json.take('model_type', oneOf([modelType]));
  json.maybe('architectures', texts);
  const config = { ...read(), ...tokens(json), ...labels(json) } as Config;
  for (const name of ['is_decoder', 'add_cross_attention', 'is_encoder_decoder']) json.take(name, isFalse, false);
  json.finish([...BOOKKEEPING, ...ignored]);
  return config;
}

/** A token, or several that mean the same. */
const tokenOrTokens: ReadAttribute<number | readonly number[]> = (value, where) => {
  if (!Array.isArray(value)) return anInteger(0)(value, where);
  return value.map((item) => anInteger(0)(item, where));
};

function tokens(json: ConfigReader): Pick<GptConfig, 'startToken' | 'endToken' | 'paddingToken'> {
  const startToken = json.maybe('bos_token_id', anInteger(0));
  const endToken = json.maybe('eos_token_id', tokenOrTokens);
  const paddingToken = json.maybe('pad_token_id', anInteger(-1)); // -1: none, in some published files
  return {
    ...(startToken !== undefined && { startToken }),
    ...(endToken !== undefined && { endToken }),
    ...(paddingToken !== undefined && paddingToken >= 0 && { paddingToken }),
  };
}

const PROBLEMS: Readonly<Record<string, ClassificationProblem>> = {
  regression: 'regression',
  single_label_classification: 'singleLabel',
  multi_label_classification: 'multiLabel',
};

function labels(json: ConfigReader): Pick<GptConfig, 'labels' | 'problem'> {
  const problem = json.maybe('problem_type', oneOf(Object.keys(PROBLEMS)));
  const named = json.maybe('id2label', (value, where) => {
    const entries = Object.entries(value as object);
    const names = entries.map((_, id) => (value as Record<string, unknown>)[String(id)]);
    if (entries.length > 0 && names.every((name) => typeof name === 'string')) return names as string[];
    throw new SequiturError({ where, expected: 'a name for each class, from "0" on', got: JSON.stringify(value) });
  });
  return { ...(named && { labels: named }), ...(problem && { problem: PROBLEMS[problem]! }) };
}

/** What `readWith` reads, as `config.json` spells it. */
export function writeCommon(modelType: string, config: GptConfig): Record<string, unknown> {
  const { startToken, endToken, paddingToken, labels: names, problem } = config;
  const spelled = Object.entries(PROBLEMS).find(([, ours]) => ours === problem)?.[0];
  return {
    model_type: modelType,
    bos_token_id: startToken ?? null,
    eos_token_id: endToken ?? null,
    ...(paddingToken !== undefined && { pad_token_id: paddingToken }),
    ...(names && {
      id2label: Object.fromEntries(names.map((name, id) => [String(id), name])),
      label2id: Object.fromEntries(names.map((name, id) => [name, id])),
    }),
    ...(spelled && { problem_type: spelled }),
    use_cache: true,
  };
}

/** Without the entries that are undefined: for options that are only given where they are known. */
export function known<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
