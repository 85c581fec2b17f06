import { SequiturError, showValue } from '@sequitur/core';
import {
  aBoolean,
  aCount,
  aNumber,
  anInteger,
  aPositive,
  aShare,
  type ConfigReader,
  defined,
  type Family,
  linearRules,
  only,
  projections,
  type ReadAttribute,
  rule,
  sameRules,
  type TiedTensor,
  transposed,
  transposedSideBySide,
  type WeightRule,
} from '@sequitur/pretrained';
import { buildTransformerXl, type TransformerXlParts } from './build.js';
import { clustersOf, type TransformerXlConfig } from './config.js';

/** Transformer-XL (Dai et al. 2019). */
export const transformerXlFamily: Family<TransformerXlConfig, TransformerXlParts> = {
  modelType: 'transfo-xl',
  classes: { TransfoXLLMHeadModel: 'languageModel' },
  prefix: 'transformer.',
  readConfig,
  writeConfig: (config) => ({
    adaptive: true,
    vocab_size: config.vocabularySize,
    untie_r: !(config.sharedScoreBiases ?? false),
    eos_token_id: config.endToken ?? null,
    ...(config.segmentLength !== undefined && { segment_length: config.segmentLength }),
    ...writeTransformerXlShape(config),
  }),
  build: (config) => buildTransformerXl(config),
  rules: transformerXlRules,
  tiedTensors: transformerXlTies,
};

/** Python's class has no segment length, since its caller splits: `segment_length` is an attribute of Sequitur. */
function readConfig(json: ConfigReader): TransformerXlConfig {
  return defined({
    ...readTransformerXlShape(json, 'vocab_size'),
    sharedScoreBiases: !json.take('untie_r', aBoolean, true),
    segmentLength: json.maybe('segment_length', anInteger()),
    endToken: json.maybe('eos_token_id', anInteger(0)),
  }) as TransformerXlConfig;
}

/** Reads the common attributes of Transformer-XL configs. */
export function readTransformerXlShape(json: ConfigReader, vocabularyName: string): TransformerXlConfig {
  json.take('attn_type', only(0), 0); // relative positions
  const width = json.take('d_model', anInteger());
  const vocabularySize = json.take(vocabularyName, anInteger());
  const clamp = json.take('clamp_len', aNumber('an integer', Number.isInteger), -1);
  return {
    vocabularySize,
    width,
    depth: json.take('n_layer', aCount),
    heads: json.take('n_head', aCount),
    headSize: json.take('d_head', anInteger()),
    hiddenWidth: json.take('d_inner', anInteger()),
    memoryLength: json.take('mem_len', anInteger(0)),
    embeddingWidth: json.take('d_embed', anInteger(), width),
    cutoffs: json.take('cutoffs', cutoffsBelow(vocabularySize), []),
    divisor: json.take('div_val', anInteger(), 1),
    tiedProjections: json.take('tie_projs', booleans, []),
    tied: json.take('tie_word_embeddings', aBoolean, true),
    normFirst: json.take('pre_lnorm', aBoolean, false),
    sameLength: json.take('same_length', aBoolean, false),
    ...(clamp > 0 && { clampDistance: clamp }),
    normEpsilon: json.take('layer_norm_epsilon', aPositive, 1e-5),
    dropout: json.take('dropout', aShare, 0.1),
    attentionDropout: json.take('dropatt', aShare, 0),
  };
}

/** Writes the attributes of `readTransformerXlShape` except the vocabulary size. */
export function writeTransformerXlShape(config: TransformerXlConfig): Record<string, unknown> {
  return {
    attn_type: 0,
    d_model: config.width,
    d_embed: config.embeddingWidth ?? config.width,
    n_layer: config.depth,
    n_head: config.heads,
    d_head: config.headSize,
    d_inner: config.hiddenWidth,
    mem_len: config.memoryLength,
    cutoffs: config.cutoffs ?? [],
    div_val: config.divisor ?? 1,
    tie_projs: config.tiedProjections ?? [],
    tie_word_embeddings: config.tied ?? true,
    pre_lnorm: config.normFirst ?? false,
    same_length: config.sameLength ?? false,
    clamp_len: config.clampDistance ?? -1,
    layer_norm_epsilon: config.normEpsilon ?? 1e-5,
    dropout: config.dropout ?? 0,
    dropatt: config.attentionDropout ?? 0,
  };
}

/** The names of a Transformer-XL checkpoint; `prefix` precedes all but the head. */
export function transformerXlRules(config: TransformerXlConfig, prefix: string): WeightRule[] {
  const layer = `${prefix}layers.{i}`;
  const norm = config.normFirst ? 'mixer.inputNorm' : 'mixerNorm';
  const clusters = [...clustersOf(config).keys()];
  return [
    ...clusters.flatMap((i) => [
      rule(`${prefix}word_emb.emb_layers.${i}.weight`, `embedding.tables.${i}.weight`),
      rule(`${prefix}word_emb.emb_projs.${i}`, `embedding.projections.${i}`),
    ]),
    rule(`${prefix}pos_emb.inv_freq`, 'frequencies'),
    ...scoreBiasRules(config, prefix),
    rule(
      `${layer}.dec_attn.qkv_net.weight`,
      projections('blocks.{i}.mixer').map((path) => `${path}.weight`),
      transposedSideBySide,
    ),
    rule(`${layer}.dec_attn.r_net.weight`, 'blocks.{i}.mixer.distance.weight', transposed),
    rule(`${layer}.dec_attn.o_net.weight`, 'blocks.{i}.mixer.output.weight', transposed),
    ...sameRules(`${layer}.dec_attn.layer_norm`, `blocks.{i}.${norm}`),
    ...linearRules(`${layer}.pos_ff.CoreNet.0`, 'blocks.{i}.feedForward.up'),
    ...linearRules(`${layer}.pos_ff.CoreNet.3`, 'blocks.{i}.feedForward.down'),
    ...sameRules(`${layer}.pos_ff.layer_norm`, 'blocks.{i}.feedForwardNorm'),
    ...clusters.flatMap((i) => [
      rule(`crit.out_layers.${i}.weight`, `head.weights.${i}`),
      rule(`crit.out_layers.${i}.bias`, `head.biases.${i}`),
      rule(`crit.out_projs.${i}`, `head.projections.${i}`),
    ]),
    rule('crit.cluster_weight', 'head.clusterWeight'),
    rule('crit.cluster_bias', 'head.clusterBias'),
  ];
}

/** Tied parameters that are stored twice. */
export function transformerXlTies(config: TransformerXlConfig, prefix: string): TiedTensor[] {
  const clusters = [...clustersOf(config).keys()];
  const tables = (config.tied ?? true) ? clusters : [];
  const projections = clusters.filter((i) => config.tiedProjections?.[i]);
  const sharing = config.sharedScoreBiases ? Array.from({ length: config.depth }, (_, i) => i) : [];
  return [
    ...tables.map((i) => ({ tensor: `crit.out_layers.${i}.weight`, to: `${prefix}word_emb.emb_layers.${i}.weight` })),
    ...projections.map((i) => ({ tensor: `crit.out_projs.${i}`, to: `${prefix}word_emb.emb_projs.${i}` })),
    ...sharing.flatMap((i) =>
      ['r_w_bias', 'r_r_bias'].map((bias) => ({ tensor: `${prefix}layers.${i}.dec_attn.${bias}`, to: prefix + bias })),
    ),
  ];
}

function scoreBiasRules({ sharedScoreBiases }: TransformerXlConfig, prefix: string): WeightRule[] {
  // Shared ones are listed under the first block alone.
  const [from, to] = sharedScoreBiases ? [prefix, 'blocks.0'] : [`${prefix}layers.{i}.dec_attn.`, 'blocks.{i}'];
  return [rule(`${from}r_w_bias`, `${to}.mixer.contentBias`), rule(`${from}r_r_bias`, `${to}.mixer.positionBias`)];
}

const cutoffsBelow =
  (vocabularySize: number): ReadAttribute<readonly number[]> =>
  (value, where) => {
    const cutoffs = Array.isArray(value) ? (value as number[]) : [0];
    const rise = (cutoff: number, index: number) => Number.isSafeInteger(cutoff) && cutoff > (cutoffs[index - 1] ?? 0);
    if (cutoffs.every((cutoff, index) => rise(cutoff, index) && cutoff < vocabularySize)) return cutoffs;
    const expected = `a rising list of integers between 0 and ${vocabularySize}`;
    throw new SequiturError({ where, expected, got: showValue(value) });
  };

const booleans: ReadAttribute<readonly boolean[]> = (value, where) => {
  if (Array.isArray(value) && value.every((item) => typeof item === 'boolean')) return value;
  throw new SequiturError({ where, expected: 'a list of true and false', got: showValue(value) });
};
