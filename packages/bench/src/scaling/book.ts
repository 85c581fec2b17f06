import { CharacterTokenizer } from '@sequitur/text';

/** A book as character ids, split into training and validation. */
export interface Book {
  readonly training: Int32Array;
  readonly heldOut: Int32Array;
  /** Number of characters plus one: the last id is the mask token of encoders. */
  readonly vocabularySize: number;
  readonly mask: number;
}

export function bookOf(text: string): Book {
  const tokenizer = CharacterTokenizer.fromText(text);
  const ids = Int32Array.from(tokenizer.encode(text));
  const border = Math.floor(0.9 * ids.length);
  return {
    training: ids.subarray(0, border),
    heldOut: ids.subarray(border),
    vocabularySize: tokenizer.vocabularySize + 1,
    mask: tokenizer.vocabularySize,
  };
}
