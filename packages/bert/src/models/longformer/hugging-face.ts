import { SequiturError, showValue } from '@sequitur/core';
import { type AttributePart, attribute, linearRules, type ReadAttribute } from '@sequitur/pretrained';
import { absolutePositions } from '../bert/attributes.js';
import { bertRules, oldCheckpoints } from '../bert/rules.js';
import { encoderFamily } from '../encoder-family.js';
import { robertaAttributes, robertaHeads } from '../roberta/hugging-face.js';
import { buildLongformer } from './build.js';
import { type LongformerConfig, longformerPresets } from './config.js';

/** Longformer (Beltagy et al. 2020): RoBERTa with sliding windows and global tokens. */
export const longformerFamily = encoderFamily<LongformerConfig>({
  modelType: 'longformer',
  name: 'Longformer',
  prefix: 'longformer.',
  presets: longformerPresets,
  attributes: [
    ...(robertaAttributes('longformer', {}) as readonly AttributePart<LongformerConfig>[]),
    ...(absolutePositions as readonly AttributePart<LongformerConfig>[]),
    attribute.written(() => ({ classifier_dropout: undefined })),
    {
      windows: {
        read: (json, { depth }) => json.take('attention_window', windowsOf(depth), new Array(depth).fill(512)),
        write: (windows) => ({ attention_window: windows }),
      },
      separatorToken: attribute.natural('sep_token_id', 2),
    },
  ],
  build: buildLongformer,
  rules: (prefix) => [
    ...bertRules(prefix),
    ...linearRules(`${prefix}encoder.layer.{i}.attention.self`, 'encoder.stack.blocks.{i}.mixer', {
      ...{ query_global: 'globalQuery', key_global: 'globalKey', value_global: 'globalValue' },
    }),
  ],
  ...robertaHeads,
  ...oldCheckpoints,
});

/** One window for all layers, or one for each. */
const windowsOf =
  (depth: number): ReadAttribute<readonly number[]> =>
  (value, where) => {
    const windows = Array.isArray(value) ? (value as number[]) : new Array<number>(depth).fill(value as number);
    const isEven = (window: number) => Number.isInteger(window) && window > 0 && window % 2 === 0;
    if (windows.length === depth && windows.every(isEven)) return windows;
    const expected = `an even window, or one for each of ${depth} layers`;
    throw new SequiturError({ where, expected, got: showValue(value) });
  };
