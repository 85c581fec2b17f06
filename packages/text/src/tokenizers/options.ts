import { checkArgument, checkOptions, option, optionsOf } from '@sequitur/core';
import type {
  BatchOptions,
  DecodeOptions,
  EncodeOptions,
  Padding,
  TokenizeOptions,
  Truncation,
  WindowsOptions,
} from './tokenizer.js';

const { count, countOrNone, flag, oneOf, optional, text } = option;
const side = optional(oneOf('left', 'right'));
const specialTokens = optional(flag);
const ids = option.kind<ArrayLike<number>>(
  'a list of token ids, which are integers',
  (value) => (Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value)) && areIds(value as never),
);

function areIds(values: ArrayLike<unknown>): boolean {
  for (let at = 0; at < values.length; at++) {
    if (!Number.isInteger(values[at])) return false;
  }
  return true;
}

const encoding = optionsOf<EncodeOptions>({ specialTokens });
const truncation = optionsOf<Truncation>({
  maxLength: count,
  strategy: optional(oneOf('longestFirst', 'onlyFirst', 'onlySecond')),
  side,
});
const padding = optionsOf<Padding>({ length: optional(countOrNone), multipleOf: optional(count), side });
const tokenizing = optionsOf<TokenizeOptions>({
  specialTokens,
  pair: optional(text),
  truncation: optional(truncation),
  padding: optional(padding),
});
const batching = optionsOf<BatchOptions>({
  specialTokens,
  truncation: optional(truncation),
  padding: optional(option.either('options of padding, or false', oneOf(false), padding)),
});
const windows = optionsOf<WindowsOptions>({
  specialTokens,
  pair: optional(text),
  maxLength: count,
  overlap: optional(countOrNone),
});
const decoding = optionsOf<DecodeOptions>({
  skipSpecialTokens: optional(flag),
  cleanUp: optional(flag),
  after: optional(ids),
});

const encodingsRule = option.listOf(
  option.kind('an encoding, as tokenize gives', (value) => Array.isArray((value as { ids?: unknown } | null)?.ids)),
);

const given = option.either('a string, or a pair of strings', text, pairOfTexts());

function pairOfTexts() {
  return option.kind<readonly [string, string]>(
    'a pair of strings',
    (value) => Array.isArray(value) && value.length === 2 && value.every((each) => typeof each === 'string'),
  );
}

/** Checks the arguments of a tokenizer's methods before anything is computed. */
export const check = {
  encode(input: string, options: EncodeOptions | undefined): void {
    checkText('encode', input);
    if (options) checkOptions('encode', encoding, options);
  },
  tokenize(input: string, options: TokenizeOptions): void {
    checkText('tokenize', input);
    checkOptions('tokenize', tokenizing, options);
  },
  tokenizeBatch(inputs: readonly unknown[], options: BatchOptions): void {
    checkArgument('tokenizeBatch, texts', option.listOf(given), inputs);
    checkOptions('tokenizeBatch', batching, options);
  },
  tokenizeWindows(input: string, options: WindowsOptions): void {
    checkText('tokenizeWindows', input);
    checkOptions('tokenizeWindows', windows, options);
  },
  decode(tokens: readonly number[], options: DecodeOptions | undefined): void {
    checkArgument('decode, ids', ids, tokens);
    if (options) checkOptions('decode', decoding, options);
  },
  padEncodings(encodings: readonly unknown[], options: Padding): void {
    checkArgument('padEncodings, encodings', encodingsRule, encodings);
    checkOptions('padEncodings', padding, options);
  },
};

function checkText(where: string, input: string): void {
  if (typeof input !== 'string') checkArgument(`${where}, text`, text, input);
}
