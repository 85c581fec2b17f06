import {
  aBoolean,
  activationNames,
  aNumber,
  anInteger,
  aShare,
  type ConfigReader,
  isFalse,
  oneOf,
  rule,
  sideBySide,
  texts,
  transposed,
  type WeightRule,
} from '@sequitur/core';
import type { Gpt2Config } from './config.js';

/** Attributes of a GPT-2 `config.json` that leave the model as it is: bookkeeping, and settings of other heads. */
const IGNORED = [
  ...['_name_or_path', 'architectures', 'dtype', 'torch_dtype', 'transformers_version', 'use_cache', 'n_ctx'],
  ...['reorder_and_upcast_attn', 'gradient_checkpointing', 'output_past', 'task_specific_params', 'summary_activation'],
  ...['summary_first_dropout', 'summary_proj_to_labels', 'summary_type', 'summary_use_proj', 'predict_special_tokens'],
  ...['id2label', 'label2id', 'num_labels', 'problem_type', 'return_dict', 'output_attentions', 'output_hidden_states'],
  ...['attn_implementation', '_attn_implementation_autoset', 'finetuning_task', 'do_sample', 'max_length'],
];

const positive = aNumber('a number above 0', (value) => value > 0);

/** Reads a `config.json` of model_type gpt2. */
export function readGpt2Config(json: ConfigReader): Gpt2Config {
  json.take('model_type', oneOf(['gpt2']));
  json.maybe('architectures', texts);
  const config: Gpt2Config = {
    vocabularySize: json.take('vocab_size', anInteger()),
    contextLength: json.take('n_positions', anInteger()),
    width: json.take('n_embd', anInteger()),
    depth: json.take('n_layer', anInteger()),
    heads: json.take('n_head', anInteger()),
    hiddenWidth: json.take('n_inner', anInteger(), 4 * json.take('n_embd', anInteger())),
    activation: json.take('activation_function', oneOf(activationNames), 'gelu_new'),
    normEpsilon: json.take('layer_norm_epsilon', positive, 1e-5),
    scaleScores: json.take('scale_attn_weights', aBoolean, true),
    scaleScoresByDepth: json.take('scale_attn_by_inverse_layer_idx', aBoolean, false),
    tied: json.take('tie_word_embeddings', aBoolean, true),
    embeddingDropout: json.take('embd_pdrop', aShare, 0.1),
    attentionDropout: json.take('attn_pdrop', aShare, 0.1),
    residualDropout: json.take('resid_pdrop', aShare, 0.1),
    initialDeviation: json.take('initializer_range', positive, 0.02),
    ...tokens(json),
  };
  for (const name of ['add_cross_attention', 'is_encoder_decoder']) json.take(name, isFalse, false);
  json.finish(IGNORED);
  return config;
}

function tokens(json: ConfigReader): Pick<Gpt2Config, 'startToken' | 'endToken' | 'paddingToken'> {
  const [startToken, endToken, paddingToken] = ['bos_token_id', 'eos_token_id', 'pad_token_id'].map((name) =>
    json.maybe(name, anInteger(0)),
  );
  return {
    ...(startToken !== undefined && { startToken }),
    ...(endToken !== undefined && { endToken }),
    ...(paddingToken !== undefined && { paddingToken }),
  };
}

/** The `config.json` that Python's `GPT2LMHeadModel.from_pretrained` reads. */
export function writeGpt2Config(config: Gpt2Config): Record<string, unknown> {
  return {
    architectures: ['GPT2LMHeadModel'],
    model_type: 'gpt2',
    vocab_size: config.vocabularySize,
    n_positions: config.contextLength,
    n_embd: config.width,
    n_layer: config.depth,
    n_head: config.heads,
    n_inner: config.hiddenWidth ?? null,
    activation_function: config.activation ?? 'gelu_new',
    layer_norm_epsilon: config.normEpsilon ?? 1e-5,
    scale_attn_weights: config.scaleScores ?? true,
    scale_attn_by_inverse_layer_idx: config.scaleScoresByDepth ?? false,
    tie_word_embeddings: config.tied ?? true,
    embd_pdrop: config.embeddingDropout ?? 0,
    attn_pdrop: config.attentionDropout ?? 0,
    resid_pdrop: config.residualDropout ?? 0,
    initializer_range: config.initialDeviation ?? 0.02,
    bos_token_id: config.startToken ?? null,
    eos_token_id: config.endToken ?? null,
    ...(config.paddingToken !== undefined && { pad_token_id: config.paddingToken }),
    torch_dtype: 'float32',
    use_cache: true,
  };
}

/** The names of a GPT-2 checkpoint. Its Conv1D layers store [inputs, outputs], as ours do. */
export function gpt2Rules(prefix: string): WeightRule[] {
  const layer = `${prefix}h.{i}`;
  const attention = ['query', 'key', 'value'].map((part) => `blocks.{i}.mixer.${part}`);
  return [
    rule(`${prefix}wte.weight`, 'embedding.tokens.weight'),
    rule(`${prefix}wpe.weight`, 'embedding.positions.weight'),
    ...both(`${layer}.ln_1`, 'blocks.{i}.mixerNorm'),
    ...['weight', 'bias'].map((name) =>
      rule(
        `${layer}.attn.c_attn.${name}`,
        attention.map((path) => `${path}.${name}`),
        sideBySide,
      ),
    ),
    ...both(`${layer}.attn.c_proj`, 'blocks.{i}.mixer.output'),
    ...both(`${layer}.ln_2`, 'blocks.{i}.feedForwardNorm'),
    ...both(`${layer}.mlp.c_fc`, 'blocks.{i}.feedForward.up'),
    ...both(`${layer}.mlp.c_proj`, 'blocks.{i}.feedForward.down'),
    ...both(`${prefix}ln_f`, 'norm'),
    rule('lm_head.weight', 'head.weight', transposed),
  ];
}

/** What checkpoints carry beside weights: causal masks as buffers, and the tied head a second time. */
export function gpt2IgnoredTensors(prefix: string, tied: boolean): string[] {
  return [`${prefix}h.{i}.attn.bias`, `${prefix}h.{i}.attn.masked_bias`, ...(tied ? ['lm_head.weight'] : [])];
}

function both(checkpoint: string, path: string): WeightRule[] {
  return ['weight', 'bias'].map((name) => rule(`${checkpoint}.${name}`, `${path}.${name}`));
}
