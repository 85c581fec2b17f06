import {
  type AttributeTable,
  anInteger,
  aShare,
  attribute,
  type Conversion,
  linearRules,
  only,
  positionIds,
  rule,
  sameRules,
  type WeightRule,
} from '@sequitur/pretrained';
import { contextLength, encoderTokens } from '../bert/attributes.js';
import { bertMasked } from '../bert/hugging-face.js';
import { embeddingRules, weightAndBias } from '../bert/rules.js';
import { answers, classifier, encoderFamily, maskedRules } from '../encoder-family.js';
import { buildDeberta } from './build.js';
import { type DebertaConfig, debertaPresets } from './config.js';
import { distances } from './distance-attributes.js';

/** A dense layer of the first token before the output projection. */
const pooled = () => linearRules('', 'head', { 'pooler.dense': 'pooler.dense', classifier: 'output' });

/** DeBERTa of version 2 and 3 (He et al. 2021). */
export const debertaV2Family = encoderFamily<DebertaConfig>({
  modelType: 'deberta-v2',
  name: 'DebertaV2',
  prefix: 'deberta.',
  presets: debertaPresets,
  attributes: [
    { modelType: attribute.settled('deberta-v2') },
    encoderTokens({ vocabularySize: 128100 }),
    {
      vocabularySize: attribute.integer('vocab_size', 128100),
      contextLength: contextLength(),
      width: attribute.integer('hidden_size', 1536),
      depth: attribute.count('num_hidden_layers', 24),
      heads: attribute.count('num_attention_heads', 24),
      hiddenWidth: attribute.integer('intermediate_size', 6144, ({ width }) => 4 * width),
      activation: attribute.activation('hidden_act', 'gelu'),
      normEpsilon: attribute.positive('layer_norm_eps', 1e-7, 1e-12),
      tokenTypeCount: attribute.natural('type_vocab_size', 0, 2),
      dropout: attribute.dropout('hidden_dropout_prob', 0.1),
      attentionDropout: attribute.dropout('attention_probs_dropout_prob', 0.1),
      initializerRange: attribute.positive('initializer_range', 0.02),
      poolerActivation: attribute.activation('pooler_hidden_act', 'gelu'),
    },
    distances,
    sameWidths(),
    attribute.fixed({ pooler_dropout: 0 }),
    { embedsPositions: attribute.flag('position_biased_input', true) },
    convolution(),
    { classifierDropout: attribute.optional('cls_dropout', aShare) },
    attribute.fixed({ legacy: true }),
    attribute.fixed({ conv_groups: 1 }, { written: false }),
  ],
  build: (config) => buildDeberta(config),
  rules,
  masked: bertMasked,
  heads: {
    none: () => [],
    maskedLanguage: () => maskedRules(bertMasked),
    sequenceClassification: pooled,
    tokenClassification: classifier,
    questionAnswering: answers,
    multipleChoice: pooled,
  },
  // Pre-training leaves its two heads in checkpoints of classes that do not read them.
  ignored: () =>
    ['lm_predictions.lm_head', 'mask_predictions'].flatMap((head) => [
      `${head}.bias`,
      ...['dense', 'LayerNorm', 'classifier'].flatMap((part) => weightAndBias(`${head}.${part}`)),
    ]),
  storedBuffers: (_config, prefix) => [positionIds(`${prefix}embeddings.position_ids`)],
});

/** The pooler and the embedding have the width of the model. */
function sameWidths(): AttributeTable<Partial<DebertaConfig>> {
  return {
    read: (json, known) => {
      for (const name of ['pooler_hidden_size', 'embedding_size']) json.take(name, only(known!.width), known!.width);
      return {};
    },
    write: ({ width }) => ({ pooler_hidden_size: width }),
  };
}

/** The convolution of version 2, which a kernel size above 0 switches on. */
function convolution(): AttributeTable<Pick<DebertaConfig, 'kernelSize' | 'convolutionActivation'>> {
  const activation = attribute.activation('conv_act', 'tanh');
  return {
    read: (json, known) => {
      const kernelSize = json.maybe('conv_kernel_size', anInteger(0)) ?? 0;
      return {
        ...(kernelSize > 0 && { kernelSize }),
        convolutionActivation: activation.read(json, known!),
      };
    },
    write: ({ kernelSize, convolutionActivation = 'tanh' }) =>
      kernelSize === undefined ? {} : { conv_kernel_size: kernelSize, conv_act: convolutionActivation },
  };
}

function rules(prefix: string, { width }: DebertaConfig): WeightRule[] {
  const [layer, block] = [`${prefix}encoder.layer.{i}`, 'encoder.stack.blocks.{i}'];
  const [theirs, first] = [`${prefix}encoder`, 'encoder.stack.blocks.0'];
  return [
    ...embeddingRules(prefix),
    ...linearRules(`${layer}.attention.self`, `${block}.mixer`, {
      ...{ query_proj: 'query', key_proj: 'key', value_proj: 'value' },
      ...{ pos_key_proj: 'distanceKey', pos_query_proj: 'distanceQuery' },
    }),
    ...linearRules(layer, block, {
      'attention.output.dense': 'mixer.output',
      ...{ 'intermediate.dense': 'feedForward.up', 'output.dense': 'feedForward.down' },
    }),
    ...sameRules(layer, block, {
      ...{ 'attention.output.LayerNorm': 'mixerNorm', 'output.LayerNorm': 'feedForwardNorm' },
    }),
    // All layers share the vectors, which are stored under the name of the first one.
    ...sameRules(theirs, first, {
      ...{ rel_embeddings: 'mixer.distances.table', LayerNorm: 'mixer.distances.norm' },
      'conv.LayerNorm': 'convolutionNorm',
    }),
    rule(`${theirs}.conv.conv.weight`, `${first}.convolution.weight`, convolutionOf(width)),
    rule(`${theirs}.conv.conv.bias`, `${first}.convolution.bias`),
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
