import { normal, SequiturError } from '@sequitur/core';
import { anInteger, type ConfigReader, oneOf, type ReadAttribute, type WeightRule } from '@sequitur/pretrained';
import type { TextBatch } from '../batch.js';
import { BertEncoder } from '../encoder.js';
import {
  maskedLanguage,
  multipleChoice,
  pooled,
  questionAnswering,
  sequenceClassification,
  tokenClassification,
} from '../heads/index.js';
import type { Row } from '../heads/labels.js';
import { LongformerMixer } from '../longformer/attention.js';
import type { LongformerConfig } from '../longformer/config.js';
import { BOOKKEEPING } from './attributes.js';
import { bertEncoderRules, readBertShape, readTableSize, writeBertShape } from './bert.js';
import type { EncoderFamily } from './family.js';
import { robertaFamily } from './roberta.js';
import { linear } from './rules.js';

/** Longformer (Beltagy et al. 2020): RoBERTa whose tokens see a window, and some of them everything. */
export const longformerFamily: EncoderFamily<LongformerConfig> = {
  modelType: 'longformer',
  heads: {
    LongformerModel: pooled(),
    LongformerForMaskedLM: maskedLanguage(),
    LongformerForSequenceClassification: sequenceClassification(),
    LongformerForTokenClassification: tokenClassification(),
    LongformerForQuestionAnswering: questionAnswering(),
    LongformerForMultipleChoice: multipleChoice(),
  },
  prefix: 'longformer.',
  readConfig,
  writeConfig: (config) => {
    const { position_embedding_type: _, classifier_dropout: __, ...shape } = writeBertShape(config);
    return {
      ...shape,
      max_position_embeddings: config.contextLength + (config.paddingToken ?? 1) + 1,
      attention_window: config.windows,
      sep_token_id: config.separatorToken ?? 2,
    };
  },
  createEncoder: (config) => {
    const { width, heads, attentionDropout: dropout = 0, paddingToken = 1, initializerRange = 0.02 } = config;
    const drawn = { initializer: normal(initializerRange) };
    const options = { width, heads, dropout, input: drawn, output: drawn };
    return new BertEncoder(
      { ...config, paddingToken },
      { skipsPadding: true, mixer: (index) => new LongformerMixer({ ...options, window: config.windows[index]! }) },
    );
  },
  completed: (kind, batch, config) => ({ ...batch, globals: batch.globals ?? globalsOf(kind, batch, config) }),
  headStyle: (config, kind) => ({
    ...robertaFamily.headStyle(config, kind),
    dropout: kind === 'questionAnswering' ? 0 : (config.dropout ?? 0),
  }),
  encoderRules: (_config, prefix) => [...bertEncoderRules(prefix), ...globalRules(prefix)],
  headRules: robertaFamily.headRules,
  ignoredTensors: robertaFamily.ignoredTensors,
};

function readConfig(json: ConfigReader): LongformerConfig {
  json.take('model_type', oneOf(['longformer']));
  json.take('position_embedding_type', oneOf(['absolute']), 'absolute'); // the class knows no other
  const paddingToken = json.take('pad_token_id', anInteger(0), 1);
  const contextLength = readTableSize(json) - paddingToken - 1;
  const shape = readBertShape(json);
  const config = {
    ...{ ...shape, modelType: 'longformer', contextLength, paddingToken },
    windows: json.take('attention_window', windowsOf(shape.depth), new Array(shape.depth).fill(512)),
    separatorToken: json.take('sep_token_id', anInteger(0), 2),
  };
  json.finish([
    ...BOOKKEEPING,
    'architectures',
    'onnx_export',
    'attention_mode',
    'attention_dilation',
    'ignore_attention_mask',
  ]);
  return config;
}

/** One number for all layers, or one for each. */
const windowsOf =
  (depth: number): ReadAttribute<readonly number[]> =>
  (value, where) => {
    const windows = Array.isArray(value) ? (value as number[]) : new Array<number>(depth).fill(value as number);
    if (
      windows.length === depth &&
      windows.every((window) => Number.isInteger(window) && window > 0 && window % 2 === 0)
    ) {
      return windows;
    }
    throw new SequiturError({
      where,
      expected: `an even window, or one for each of ${depth} layers`,
      got: JSON.stringify(value),
    });
  };

function globalRules(prefix: string): WeightRule[] {
  return ['query', 'key', 'value'].flatMap((part) => {
    const ours = `encoder.stack.blocks.{i}.mixer.global${part[0]!.toUpperCase()}${part.slice(1)}`;
    return linear(`${prefix}encoder.layer.{i}.attention.self.${part}_global`, ours);
  });
}

/** The first token for a class; the question for an answer in a text; for choices what stands behind the question. */
function globalsOf(kind: string, { tokens }: TextBatch, { separatorToken = 2 }: LongformerConfig): Row[] | undefined {
  switch (kind) {
    case 'sequenceClassification':
      return tokens.map((row) => Array.from(row, (_, position) => Number(position === 0)));
    case 'questionAnswering':
      return tokens.map((row) => {
        const end = Array.from(row).indexOf(separatorToken);
        return Array.from(row, (_, position) => Number(position < end));
      });
    case 'multipleChoice':
      return tokens.map((row) => {
        const end = Array.from(row).indexOf(separatorToken);
        return Array.from(row, (_, position) => Number(position > end + 1));
      });
    default:
      return undefined;
  }
}
