/** A text and the results of Python's tokenizer; the tokenizer determines which fields are present. */
export interface TokenizerCase {
  readonly text: string;
  readonly ids?: readonly number[];
  readonly tokens?: readonly string[];
  /** Tokens, by SentencePiece's name. */
  readonly pieces?: readonly string[];
  readonly ids_with_special?: readonly number[];
  readonly decoded?: string;
  readonly decoded_clean?: string;
  readonly decoded_skip_special?: string;
}

/** Keyword arguments of a Python call with two texts. */
export interface PairArguments {
  readonly truncation?: boolean | string;
  readonly padding?: boolean | string;
  readonly max_length?: number;
  readonly add_special_tokens?: boolean;
}

export interface PairCase {
  readonly a: string;
  readonly b: string;
  readonly kwargs: PairArguments;
  readonly input_ids: readonly number[];
  readonly token_type_ids?: readonly number[];
  readonly attention_mask?: readonly number[];
  readonly special_tokens_mask?: readonly number[];
}

export interface BatchCase {
  readonly texts: readonly string[];
  readonly input_ids: readonly (readonly number[])[];
  readonly token_type_ids?: readonly (readonly number[])[];
  readonly attention_mask?: readonly (readonly number[])[];
}

/** The file `cases.json` of a tokenizer's folder. */
export interface TokenizerCases {
  readonly tokenizer_class: string;
  /** Keyword arguments of the class. */
  readonly init: Readonly<Record<string, unknown>>;
  /** The sha256 of each vocabulary file by its original name. */
  readonly files_sha256: Readonly<Record<string, string>>;
  readonly cases: readonly TokenizerCase[];
  readonly target_cases?: readonly TokenizerCase[];
  readonly pairs?: readonly PairCase[];
  readonly batch?: BatchCase;
  readonly vocab_size?: number;
  readonly vocab_size_with_extra?: number;
}

/** Attributes of the file that are compared or merely descriptive; any other is reported. */
export const knownAttributes: ReadonlySet<string> = new Set([
  ...['name', 'note', 'fast_check', 'transformers', 'tokenizer_class', 'init', 'files_sha256'],
  ...['cases', 'target_cases', 'pairs', 'batch', 'vocab_size', 'vocab_size_with_extra'],
  ...['unk_id', 'bos_id', 'eos_id', 'pad_id'],
]);
