/** Half-open range [start, end) of UTF-16 code units: `text.slice(start, end)` is the text of the token. */
export type Offsets = readonly [start: number, end: number];

/** The encoding of a text or a pair of texts; all lists have the same length. */
export interface Encoding {
  readonly ids: readonly number[];
  /** The tokens as strings of the vocabulary. */
  readonly tokens: readonly string[];
  /** Offsets in the text given by `sequences`; [0, 0] for special tokens and padding. */
  readonly offsets: readonly Offsets[];
  /** Token type ids (`token_type_ids`). */
  readonly tokenTypes: readonly number[];
  /** 1 for tokens, 0 for padding. */
  readonly attentionMask: readonly number[];
  /** The text of each token: 0 the first, 1 the second, null for special tokens and padding. */
  readonly sequences: readonly (0 | 1 | null)[];
  /**
   * The word index of each token in its text, after pre-tokenization and splitting before each `▁` and `Ġ`; null for
   * special tokens and padding.
   */
  readonly words: readonly (number | null)[];
}

export interface Truncation {
  /** The maximum length in tokens, special tokens included. */
  readonly maxLength: number;
  /**
   * The text of a pair that is truncated; default `longestFirst`: the longer one until both have equal length, then
   * both. An odd token is kept of the second text with a `tokenizer.json`, as in the Rust library, otherwise of the
   * first, as in Python's slow tokenizers.
   */
  readonly strategy?: 'longestFirst' | 'onlyFirst' | 'onlySecond' | undefined;
  /** The side that is truncated; default that of the tokenizer's files, else `right`. */
  readonly side?: 'left' | 'right' | undefined;
}

export interface Padding {
  /** Length of every encoding in tokens; default that of the longest. */
  readonly length?: number | undefined;
  /** A number to a multiple of which the length is rounded up. */
  readonly multipleOf?: number | undefined;
  /** The side that is padded; default that of the tokenizer's files, else `right`. Generation needs `left`. */
  readonly side?: 'left' | 'right' | undefined;
}

export interface EncodeOptions {
  /** Whether special tokens such as `[CLS]` and `[SEP]` are added; default false for `encode`, true for `tokenize`. */
  readonly specialTokens?: boolean | undefined;
}

export interface TokenizeOptions extends EncodeOptions {
  /** A second text. */
  readonly pair?: string | undefined;
  readonly truncation?: Truncation | undefined;
  readonly padding?: Padding | undefined;
}

export interface BatchOptions extends EncodeOptions {
  readonly truncation?: Truncation | undefined;
  /** Padding; default to the longest of the batch. `false`: no padding. */
  readonly padding?: Padding | false | undefined;
}

export interface WindowsOptions extends EncodeOptions {
  /**
   * A second text, which is split into windows instead; the first one, such as a question, is then part of all of them.
   */
  readonly pair?: string | undefined;
  /** Maximum length of a window in tokens, special tokens included. */
  readonly maxLength: number;
  /** Tokens shared by consecutive windows; default 0. */
  readonly overlap?: number | undefined;
}

export interface DecodeOptions {
  /** Whether special tokens are omitted; default true. */
  readonly skipSpecialTokens?: boolean | undefined;
  /** Whether spaces before punctuation are removed; default as in the tokenizer's files. */
  readonly cleanUp?: boolean | undefined;
  /**
   * Preceding tokens, whose text is omitted. Where words begin with a space, decoding drops that of the first word of a
   * text, but not after these tokens.
   */
  readonly after?: readonly number[] | undefined;
}

/** The special tokens by role, as strings. */
export type SpecialTokens = Readonly<
  Partial<Record<'begin' | 'end' | 'unknown' | 'padding' | 'classification' | 'separator' | 'mask', string>>
>;

/** A tokenizer: converts text to token ids and back. */
export interface Tokenizer {
  /** Size of the vocabulary; ids are smaller. */
  readonly vocabularySize: number;
  readonly specialTokens: SpecialTokens;
  /** Ids that decoding may skip. */
  readonly specialIds: ReadonlySet<number>;
  /** Whether `decode` removes spaces before punctuation by default. */
  readonly cleanUp: boolean;
  /**
   * The token ids of a text, by default without special tokens.
   *
   * @throws SequiturError where the text cannot be encoded and there is no unknown token
   */
  encode(text: string, options?: EncodeOptions): number[];
  /** The encoding of a text or a pair, by default with special tokens. */
  tokenize(text: string, options?: TokenizeOptions): Encoding;
  /** The encodings of several texts or pairs, padded to one length. */
  tokenizeBatch(texts: readonly (string | readonly [string, string])[], options?: BatchOptions): Encoding[];
  /**
   * Encodes a long text in overlapping windows; offsets refer to the whole text.
   *
   * @throws SequiturError where windows are not longer than their overlap
   */
  tokenizeWindows(text: string, options: WindowsOptions): Encoding[];
  decode(ids: readonly number[], options?: DecodeOptions): string;
  tokenToId(token: string): number | undefined;
  idToToken(id: number): string | undefined;
  /** The files of this tokenizer in a Hugging Face folder, by name. */
  files(): TokenizerFiles;
}

/** The files of a tokenizer by name: objects are written as JSON, strings and bytes unchanged. */
export type TokenizerFiles = Readonly<Record<string, object | string | Uint8Array>>;
