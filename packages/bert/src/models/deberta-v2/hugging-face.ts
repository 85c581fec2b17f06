import { activationNames } from '@sequitur/core';
import {
  aBoolean,
  aCount,
  anInteger,
  aPositive,
  aShare,
  attributeTable,
  type ConfigReader,
  type Conversion,
  defined,
  linearRules,
  linearsRules,
  oneOf,
  only,
  positionIds,
  rule,
  sameRules,
  transposed,
  type WeightRule,
} from '@sequitur/pretrained';
import { readCommon, writeCommon } from '../bert/attributes.js';
import { tiedDecoder } from '../bert/hugging-face.js';
import type { EncoderFamily } from '../encoder-family.js';
import { buildDeberta } from './build.js';
import { type DebertaConfig, debertaPresets } from './config.js';
import { readDistances, writeDistances } from './distance-attributes.js';

/** DeBERTa of version 2 and 3 (He et al. 2021). */
export const debertaV2Family: EncoderFamily<DebertaConfig> = {
  modelType: 'deberta-v2',
  classes: {
    DebertaV2Model: 'none',
    DebertaV2ForMaskedLM: 'maskedLanguage',
    DebertaV2ForSequenceClassification: 'sequenceClassification',
    DebertaV2ForTokenClassification: 'tokenClassification',
    DebertaV2ForQuestionAnswering: 'questionAnswering',
    DebertaV2ForMultipleChoice: 'multipleChoice',
  },
  prefix: 'deberta.',
  presets: debertaPresets,
  readConfig,
  writeConfig,
  build: (config) => buildDeberta(config),
  rules,
  headRules: (kind) => {
    const classifier = linearRules('classifier', 'head.output');
    switch (kind) {
      case 'none':
        return [];
      case 'maskedLanguage':
        return [
          ...linearRules('cls.predictions.transform.dense', 'head.dense'),
          ...sameRules('cls.predictions.transform.LayerNorm', 'head.norm'),
          rule('cls.predictions.decoder.weight', 'head.decoder.weight', transposed),
          rule('cls.predictions.bias', 'head.bias'),
        ];
      case 'questionAnswering':
        return linearRules('qa_outputs', 'head.output');
      case 'tokenClassification':
        return classifier;
      default:
        return [...linearRules('pooler.dense', 'head.pooler.dense'), ...classifier];
    }
  },
  // Pre-training leaves its two heads in checkpoints of classes that do not read them.
  ignoredTensors: () =>
    ['lm_predictions.lm_head.', 'mask_predictions.'].flatMap((head) => [
      `${head}bias`,
      ...['dense', 'LayerNorm', 'classifier'].flatMap((part) => [`${head}${part}.weight`, `${head}${part}.bias`]),
    ]),
  tiedTensors: (config, prefix) => [
    { tensor: 'cls.predictions.decoder.bias', to: 'cls.predictions.bias' },
    ...tiedDecoder('cls.predictions.decoder.weight', config, prefix),
  ],
  storedBuffers: (_config, prefix) => [positionIds(`${prefix}embeddings.position_ids`)],
};

const attributes = attributeTable({
  vocabularySize: ['vocab_size', anInteger(), 128100],
  contextLength: ['max_position_embeddings', anInteger(), 512],
  width: ['hidden_size', anInteger(), 1536],
  depth: ['num_hidden_layers', aCount, 24],
  heads: ['num_attention_heads', aCount, 24],
  hiddenWidth: ['intermediate_size', anInteger(), 6144],
  activation: ['hidden_act', oneOf(activationNames), 'gelu'],
  normEpsilon: ['layer_norm_eps', aPositive, 1e-7, 1e-12],
  tokenTypeCount: ['type_vocab_size', anInteger(0), 0, 2],
  dropout: ['hidden_dropout_prob', aShare, 0.1, 0],
  attentionDropout: ['attention_probs_dropout_prob', aShare, 0.1, 0],
  initializerRange: ['initializer_range', aPositive, 0.02],
  poolerActivation: ['pooler_hidden_act', oneOf(activationNames), 'gelu'],
});

function readConfig(json: ConfigReader): DebertaConfig {
  const values = attributes.read(json);
  for (const same of ['pooler_hidden_size', 'embedding_size']) json.take(same, only(values.width), values.width);
  json.take('legacy', only(true), true);
  json.take('pooler_dropout', only(0), 0);
  json.take('conv_groups', only(1), 1);
  const kernelSize = json.maybe('conv_kernel_size', anInteger(0)) ?? 0;
  return defined({
    ...values,
    ...readCommon(json, { paddingToken: 0 }, values.vocabularySize),
    ...readDistances(json),
    modelType: 'deberta-v2',
    embedsPositions: json.take('position_biased_input', aBoolean, true),
    ...(kernelSize > 0 && { kernelSize }),
    convolutionActivation: json.take('conv_act', oneOf(activationNames), 'tanh'),
    classifierDropout: json.maybe('cls_dropout', aShare),
  }) as DebertaConfig;
}

function writeConfig(config: DebertaConfig): Record<string, unknown> {
  const { kernelSize, convolutionActivation = 'tanh', width } = config;
  return {
    ...writeCommon(config),
    ...attributes.write({ ...config, hiddenWidth: config.hiddenWidth ?? 4 * width }),
    ...writeDistances(config),
    pooler_hidden_size: width,
    pooler_dropout: 0,
    position_biased_input: config.embedsPositions ?? true,
    ...(kernelSize !== undefined && { conv_kernel_size: kernelSize, conv_act: convolutionActivation }),
    ...(config.classifierDropout !== undefined && { cls_dropout: config.classifierDropout }),
    legacy: true,
  };
}

function rules({ width }: DebertaConfig, prefix: string): WeightRule[] {
  const [layer, block] = [`${prefix}encoder.layer.{i}`, 'encoder.stack.blocks.{i}'];
  const [convolution, first] = [`${prefix}encoder.conv`, 'encoder.stack.blocks.0'];
  return [
    rule(`${prefix}embeddings.word_embeddings.weight`, 'encoder.embedding.tokens.weight'),
    rule(`${prefix}embeddings.position_embeddings.weight`, 'encoder.embedding.positions.weight'),
    rule(`${prefix}embeddings.token_type_embeddings.weight`, 'encoder.embedding.tokenTypes.weight'),
    ...sameRules(`${prefix}embeddings.LayerNorm`, 'encoder.embedding.norm'),
    ...linearsRules(`${layer}.attention.self`, `${block}.mixer`, {
      ...{ query_proj: 'query', key_proj: 'key', value_proj: 'value' },
      ...{ pos_key_proj: 'distanceKey', pos_query_proj: 'distanceQuery' },
    }),
    ...linearRules(`${layer}.attention.output.dense`, `${block}.mixer.output`),
    ...sameRules(`${layer}.attention.output.LayerNorm`, `${block}.mixerNorm`),
    ...linearRules(`${layer}.intermediate.dense`, `${block}.feedForward.up`),
    ...linearRules(`${layer}.output.dense`, `${block}.feedForward.down`),
    ...sameRules(`${layer}.output.LayerNorm`, `${block}.feedForwardNorm`),
    // All layers share the vectors; the first one's name stands for them.
    rule(`${prefix}encoder.rel_embeddings.weight`, `${first}.mixer.distances.table.weight`),
    ...sameRules(`${prefix}encoder.LayerNorm`, `${first}.mixer.distances.norm`),
    rule(`${convolution}.conv.weight`, `${first}.convolution.weight`, convolutionOf(width)),
    rule(`${convolution}.conv.bias`, `${first}.convolution.bias`),
    ...sameRules(`${convolution}.LayerNorm`, `${first}.convolutionNorm`),
  ];
}

/** PyTorch's Conv1d stores [outputs, inputs, kernelSize], ours [kernelSize * inputs, outputs]. */
function convolutionOf(inputs: number): Conversion {
  const move = (values: Float32Array, [rows, outputs]: readonly number[], toOurs: boolean) => {
    const moved = new Float32Array(values.length);
    const kernelSize = rows! / inputs;
    for (let i = 0; i < values.length; i++) {
      const [output, input, shift] = [
        Math.floor(i / (inputs * kernelSize)),
        Math.floor(i / kernelSize) % inputs,
        i % kernelSize,
      ];
      const ours = (shift * inputs + input) * outputs! + output;
      if (toOurs) moved[ours] = values[i]!;
      else moved[i] = values[ours]!;
    }
    return moved;
  };
  return {
    shape: ([part]) => [part![1]!, inputs, part![0]! / inputs],
    split: (values, [part]) => [move(values, part!, true)],
    join: ([values], [part]) => move(values!, part!, false),
  };
}
