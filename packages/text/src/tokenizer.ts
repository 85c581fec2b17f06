/** Turns text into token ids and back. */
export interface Tokenizer {
  readonly vocabularySize: number;
  /** @throws SequiturError where the text holds what the vocabulary cannot spell */
  encode(text: string): number[];
  decode(ids: readonly number[]): string;
  /** The files of a Hugging Face folder that hold this tokenizer: name -> content, to be written as JSON. */
  files(): Readonly<Record<string, unknown>>;
}
