import { SequiturError, showValue } from '@sequitur/core';
import {
  anInteger,
  type ConfigReader,
  linearRules,
  only,
  type ReadAttribute,
  type WeightRule,
} from '@sequitur/pretrained';
import { bertEncoderRules, readBertShape, readTableSize, writeBertShape } from '../bert/hugging-face.js';
import type { EncoderFamily } from '../encoder-family.js';
import { robertaFamily } from '../roberta/hugging-face.js';
import { buildLongformer } from './build.js';
import { type LongformerConfig, longformerPresets } from './config.js';

/** Longformer (Beltagy et al. 2020): RoBERTa with sliding windows and global tokens. */
export const longformerFamily: EncoderFamily<LongformerConfig> = {
  modelType: 'longformer',
  classes: {
    LongformerModel: 'pooled',
    LongformerForMaskedLM: 'maskedLanguage',
    LongformerForSequenceClassification: 'sequenceClassification',
    LongformerForTokenClassification: 'tokenClassification',
    LongformerForQuestionAnswering: 'questionAnswering',
    LongformerForMultipleChoice: 'multipleChoice',
  },
  prefix: 'longformer.',
  presets: longformerPresets,
  readConfig,
  writeConfig: (config) => {
    const paddingToken = config.paddingToken ?? 1;
    const {
      position_embedding_type: _,
      classifier_dropout: __,
      ...shape
    } = writeBertShape({ ...config, paddingToken });
    return {
      ...shape,
      max_position_embeddings: config.contextLength + paddingToken + 1,
      attention_window: config.windows,
      sep_token_id: config.separatorToken ?? 2,
    };
  },
  build: buildLongformer,
  rules: (_config, prefix) => [...bertEncoderRules(prefix), ...globalRules(prefix)],
  headRules: robertaFamily.headRules!,
  presentName: robertaFamily.presentName!,
  ignoredTensors: robertaFamily.ignoredTensors!,
  tiedTensors: robertaFamily.tiedTensors!,
  storedBuffers: robertaFamily.storedBuffers!,
};

function readConfig(json: ConfigReader): LongformerConfig {
  json.take('position_embedding_type', only('absolute'), 'absolute'); // the only kind of the class
  const paddingToken = json.take('pad_token_id', anInteger(0), 1);
  const contextLength = readTableSize(json) - paddingToken - 1;
  const shape = readBertShape(json, { startToken: 0, endToken: 2, paddingToken: 1 });
  return {
    ...{ ...shape, modelType: 'longformer', contextLength, paddingToken },
    windows: json.take('attention_window', windowsOf(shape.depth), new Array(shape.depth).fill(512)),
    separatorToken: json.take('sep_token_id', anInteger(0), 2),
  };
}

/** One window for all layers, or one for each. */
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
      got: showValue(value),
    });
  };

function globalRules(prefix: string): WeightRule[] {
  return ['query', 'key', 'value'].flatMap((part) => {
    const ours = `encoder.stack.blocks.{i}.mixer.global${part[0]!.toUpperCase()}${part.slice(1)}`;
    return linearRules(`${prefix}encoder.layer.{i}.attention.self.${part}_global`, ours);
  });
}
