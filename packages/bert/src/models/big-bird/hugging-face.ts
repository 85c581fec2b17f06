import { aBoolean, anInteger, type ConfigReader, linearRules, oneOf, only, sameRules } from '@sequitur/pretrained';
import { bertEncoderRules, bertFamily, readBertShape, readTableSize, writeBertShape } from '../bert/hugging-face.js';
import type { EncoderFamily } from '../encoder-family.js';
import { buildBigBird } from './build.js';
import { type BigBirdConfig, bigBirdPresets } from './config.js';

/** BigBird (Zaheer et al. 2020): BERT with sparse attention. */
export const bigBirdFamily: EncoderFamily<BigBirdConfig> = {
  modelType: 'big_bird',
  classes: {
    BigBirdModel: 'pooled',
    BigBirdForPreTraining: 'preTraining',
    BigBirdForMaskedLM: 'maskedLanguage',
    BigBirdForSequenceClassification: 'sequenceClassification',
    BigBirdForTokenClassification: 'tokenClassification',
    BigBirdForQuestionAnswering: 'questionAnswering',
    BigBirdForMultipleChoice: 'multipleChoice',
  },
  prefix: 'bert.',
  presets: bigBirdPresets,
  readConfig,
  writeConfig: (config) => {
    const { position_embedding_type: _, ...shape } = writeBertShape({ activation: 'gelu_new', ...config });
    return {
      ...shape,
      max_position_embeddings: config.contextLength,
      attention_type: (config.sparse ?? true) ? 'block_sparse' : 'original_full',
      block_size: config.blockSize,
      num_random_blocks: config.randomBlocks,
      use_bias: config.attentionBias ?? true,
      rescale_embeddings: config.rescalesEmbedding ?? false,
      sep_token_id: config.separatorToken ?? 66,
    };
  },
  build: buildBigBird,
  rules: (_config, prefix) => bertEncoderRules(prefix),
  headRules: (kind, config, prefix) => {
    const pooler = linearRules(`${prefix}pooler`, 'head.pooler.dense');
    const unused = linearRules(`${prefix}pooler`, 'unused');
    switch (kind) {
      case 'pooled':
        return pooler;
      case 'sequenceClassification':
        return [
          ...unused,
          ...linearRules('classifier.dense', 'head.pooler.dense'),
          ...linearRules('classifier.out_proj', 'head.output'),
        ];
      case 'questionAnswering':
        return [
          ...linearRules('qa_classifier.intermediate.dense', 'head.layer.feedForward.up'),
          ...linearRules('qa_classifier.output.dense', 'head.layer.feedForward.down'),
          ...sameRules('qa_classifier.output.LayerNorm', 'head.layer.norm'),
          ...linearRules('qa_classifier.qa_outputs', 'head.output'),
        ];
      case 'multipleChoice':
        return [...pooler, ...linearRules('classifier', 'head.output')];
      case 'preTraining':
        return [
          ...bertFamily.headRules!('preTraining', config, prefix).filter(
            ({ checkpoint }) => !checkpoint.includes('pooler'),
          ),
          ...linearRules(`${prefix}pooler`, 'head.nextSentence.pooler.dense'),
        ];
      case 'maskedLanguage':
        return [...unused, ...bertFamily.headRules!('maskedLanguage', config, prefix)];
      default:
        return [...unused, ...linearRules('classifier', 'head.output')];
    }
  },
  presentName: bertFamily.presentName!,
  tiedTensors: bertFamily.tiedTensors!,
  storedBuffers: bertFamily.storedBuffers!,
  ignoredTensors: (config, prefix) => [
    ...bertFamily.ignoredTensors!(config, prefix),
    ...[`${prefix}pooler.weight`, `${prefix}pooler.bias`], // left in checkpoints of the class for answers
  ],
};

const DEFAULTS = { vocabularySize: 50358, activation: 'gelu_new', startToken: 1, endToken: 2 };

function readConfig(json: ConfigReader): BigBirdConfig {
  json.take('position_embedding_type', only('absolute'), 'absolute'); // the only kind of the class
  return {
    ...{ ...readBertShape(json, DEFAULTS), modelType: 'big_bird', contextLength: readTableSize(json, 4096) },
    sparse: json.take('attention_type', oneOf(['block_sparse', 'original_full']), 'block_sparse') === 'block_sparse',
    blockSize: json.take('block_size', anInteger(), 64),
    randomBlocks: json.take('num_random_blocks', anInteger(0), 3),
    attentionBias: json.take('use_bias', aBoolean, true),
    rescalesEmbedding: json.take('rescale_embeddings', aBoolean, false),
    separatorToken: json.take('sep_token_id', anInteger(0), 66),
  };
}
