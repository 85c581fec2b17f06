import { SequiturError } from '@sequitur/core';
import {
  aBoolean,
  aCount,
  anInteger,
  type ConfigReader,
  isFalse,
  oneOf,
  type ReadAttribute,
} from '@sequitur/pretrained';
import type { BertConfig, PositionKind, Problem } from '../config.js';

/** Attributes that leave a model as it is: bookkeeping, and settings of generation and of training scripts. */
export const BOOKKEEPING = [
  ...['_name_or_path', 'dtype', 'torch_dtype', 'transformers_version', 'use_cache', 'gradient_checkpointing'],
  ...['output_past', 'task_specific_params', 'return_dict', 'output_attentions', 'output_hidden_states', 'torchscript'],
  ...[
    'attn_implementation',
    '_attn_implementation_autoset',
    'finetuning_task',
    'do_sample',
    'max_length',
    'min_length',
  ],
  ...['chunk_size_feed_forward', 'directionality', 'pooler_fc_size', 'pooler_num_attention_heads', 'num_labels'],
  ...['pooler_num_fc_layers', 'pooler_size_per_head', 'pooler_type', 'language', 'name', 'model_name', 'classifier'],
  ...['sep_token_id', 'cls_token_id', 'mask_token_id', 'tie_weights_', 'embedding_size', 'auto_map', 'adapters'],
];

const PROBLEMS: Readonly<Record<string, Problem>> = {
  regression: 'regression',
  single_label_classification: 'singleLabel',
  multi_label_classification: 'multiLabel',
};

const POSITIONS: Readonly<Record<string, PositionKind>> = {
  absolute: 'absolute',
  relative_key: 'relativeKey',
  relative_key_query: 'relativeKeyQuery',
};

/** What every encoder's configuration says of labels, tokens and ties. */
export function readCommon(json: ConfigReader): Partial<BertConfig> {
  for (const name of ['is_decoder', 'add_cross_attention', 'is_encoder_decoder', 'tie_encoder_decoder']) {
    json.take(name, isFalse, false);
  }
  json.maybe('pruned_heads', nothing);
  const tokens = { startToken: 'bos_token_id', endToken: 'eos_token_id' };
  return {
    paddingToken: json.has('pad_token_id') ? (json.maybe('pad_token_id', anInteger(0)) ?? null) : 0,
    tied: json.take('tie_word_embeddings', aBoolean, true),
    ...readLabels(json),
    ...present(
      Object.fromEntries(Object.entries(tokens).map(([ours, theirs]) => [ours, json.maybe(theirs, anInteger(0))])),
    ),
  };
}

export function readPositions(json: ConfigReader): PositionKind {
  return POSITIONS[json.take('position_embedding_type', oneOf(Object.keys(POSITIONS)), 'absolute')]!;
}

function readLabels(json: ConfigReader): Pick<BertConfig, 'labels' | 'problem'> {
  const named = json.maybe('id2label', namesById);
  const count = json.maybe('num_labels', aCount);
  json.maybe('label2id', (value) => value);
  const problem = json.maybe('problem_type', oneOf(Object.keys(PROBLEMS)));
  const labels = named ?? (count === undefined ? undefined : Array.from({ length: count }, (_, id) => `LABEL_${id}`));
  return { ...(labels && { labels }), ...(problem && { problem: PROBLEMS[problem]! }) };
}

/** `{"0": "negative", "1": "positive"}` as a list. */
const namesById: ReadAttribute<readonly string[]> = (value, where) => {
  const entries = Object.entries(value as object);
  const names = entries.map((_, id) => (value as Record<string, unknown>)[String(id)]);
  if (entries.length > 0 && names.every((name) => typeof name === 'string')) return names as string[];
  throw new SequiturError({
    where,
    expected: 'a name for each class, counted from "0"',
    got: JSON.stringify(value).slice(0, 80),
  });
};

const nothing: ReadAttribute<null> = (value, where) => {
  if (Object.keys(value as object).length === 0) return null;
  throw new SequiturError({ where, expected: 'no pruned heads', got: JSON.stringify(value) });
};

/** The common attributes as `config.json` spells them. */
export function writeCommon(config: BertConfig): Record<string, unknown> {
  const { labels, problem, startToken, endToken, tied = true } = config;
  const spelled = Object.entries(PROBLEMS).find(([, ours]) => ours === problem)?.[0];
  return {
    model_type: config.modelType,
    pad_token_id: config.paddingToken === undefined ? 0 : config.paddingToken,
    ...(startToken !== undefined && { bos_token_id: startToken }),
    ...(endToken !== undefined && { eos_token_id: endToken }),
    ...(!tied && { tie_word_embeddings: false }),
    ...(labels && {
      id2label: Object.fromEntries(labels.map((label, id) => [String(id), label])),
      label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    }),
    ...(spelled && { problem_type: spelled }),
  };
}

/** Before the last product of a head: `classifier_dropout`, else as everywhere; the head for answers has none. */
export function classifierDropout(config: BertConfig, kind: string): number {
  return kind === 'questionAnswering' ? 0 : (config.classifierDropout ?? config.dropout ?? 0);
}

export function writePositions({ positions = 'absolute' }: BertConfig): string {
  return Object.entries(POSITIONS).find(([, ours]) => ours === positions)![0];
}

/** Without the entries that are undefined. */
export function present<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
