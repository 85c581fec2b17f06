/** Half-open range [start, end) of UTF-16 code units of the text that was given: `text.slice(start, end)` is the token's. */
export type Offsets = readonly [start: number, end: number];

/** A text (or a pair of texts) as a model reads it; all lists have the same length. */
export interface Encoding {
  readonly ids: readonly number[];
  /** As the vocabulary spells them. */
  readonly tokens: readonly string[];
  /** In the text that `sequences` names; [0, 0] for special tokens and padding. */
  readonly offsets: readonly Offsets[];
  /** Segment of each token (`token_type_ids`). */
  readonly tokenTypes: readonly number[];
  /** 1 for tokens, 0 for padding. */
  readonly attentionMask: readonly number[];
  /** Which text a token comes from: 0 the first, 1 the second, null for special tokens and padding. */
  readonly sequences: readonly (0 | 1 | null)[];
  /**
   * Which word of its text a token belongs to, as the tokenizer splits texts: at what its pre-tokenizer makes of them, and
   * before each `▁` and `Ġ`; null for special tokens and padding.
   */
  readonly words: readonly (number | null)[];
}

export interface Truncation {
  /** Tokens at most, special tokens included. */
  readonly maxLength: number;
  /**
   * Which of two texts is cut; default `longestFirst`: the longer one until both are of one length, then both. Where one
   * token is left over, it is the second's with a `tokenizer.json`, as in the Rust library, and else the first's, as in
   * Python's own tokenizers.
   */
  readonly strategy?: 'longestFirst' | 'onlyFirst' | 'onlySecond' | undefined;
  /** Which end is cut; default as the tokenizer's files say, else `right`. */
  readonly side?: 'left' | 'right' | undefined;
}

export interface Padding {
  /** Tokens of every encoding; default the length of the longest. */
  readonly length?: number | undefined;
  /** Rounds that length up to a multiple of this. */
  readonly multipleOf?: number | undefined;
  /** Where the padding goes; default as the tokenizer's files say, else `right`. Generation wants `left`. */
  readonly side?: 'left' | 'right' | undefined;
}

export interface EncodeOptions {
  /** Adds what the model expects around a text, as `[CLS]` and `[SEP]` are; default false for `encode`, true for `tokenize`. */
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
  /** Default: to the longest of the batch. `false` pads nothing. */
  readonly padding?: Padding | false | undefined;
}

export interface WindowsOptions extends EncodeOptions {
  /** A second text; then that is cut into windows, and the first is in all of them, as a question is. */
  readonly pair?: string | undefined;
  /** Tokens of a window at most, special tokens included. */
  readonly maxLength: number;
  /** How many tokens of a window come again in the next; default 0. */
  readonly overlap?: number | undefined;
}

export interface DecodeOptions {
  /** Leaves special tokens out; default true. */
  readonly skipSpecialTokens?: boolean | undefined;
  /** Takes out the spaces that splitting put before punctuation; default as the tokenizer's files say. */
  readonly cleanUp?: boolean | undefined;
  /**
   * Tokens that stand before, of which the text is left out. A vocabulary whose words begin with a space drops it at the
   * beginning of a text, but not after these.
   */
  readonly after?: readonly number[] | undefined;
}

/** What a tokenizer's special tokens are for, and how each is spelled. */
export type SpecialTokens = Readonly<
  Partial<Record<'begin' | 'end' | 'unknown' | 'padding' | 'classification' | 'separator' | 'mask', string>>
>;

/** Turns text into token ids and back. */
export interface Tokenizer {
  /** Ids are below this. */
  readonly vocabularySize: number;
  readonly specialTokens: SpecialTokens;
  /** Ids that decoding can leave out. */
  readonly specialIds: ReadonlySet<number>;
  /** Whether `decode` takes out the spaces before punctuation unless told otherwise. */
  readonly cleanUp: boolean;
  /**
   * The ids of a text, without special tokens unless they are asked for.
   *
   * @throws SequiturError where the text holds what the vocabulary cannot spell and there is no token for that
   */
  encode(text: string, options?: EncodeOptions): number[];
  /** A text, or a pair, as the model reads it, with special tokens unless they are declined. */
  tokenize(text: string, options?: TokenizeOptions): Encoding;
  /** Many texts, or pairs, padded to one length. */
  tokenizeBatch(texts: readonly (string | readonly [string, string])[], options?: BatchOptions): Encoding[];
  /**
   * A text too long for the model, in windows that overlap; offsets are those of the whole text.
   *
   * @throws SequiturError where windows have no room for more than their overlap
   */
  tokenizeWindows(text: string, options: WindowsOptions): Encoding[];
  decode(ids: readonly number[], options?: DecodeOptions): string;
  tokenToId(token: string): number | undefined;
  idToToken(id: number): string | undefined;
  /** The files of a Hugging Face folder that hold this tokenizer, by name. */
  files(): TokenizerFiles;
}

/** Objects are written as JSON, texts and bytes as they are. */
export type TokenizerFiles = Readonly<Record<string, object | string | Uint8Array>>;
