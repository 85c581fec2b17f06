import type { AlignedText } from '../aligned-text.js';
import { characterOfByte } from '../models/byte-tokens.js';
import { matchesOf, type Splitter } from './splitter.js';

/** GPT-2's words: contractions, letters, digits, other characters, each with a preceding space; runs of white space. */
const GPT2_WORDS =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

export interface ByteLevelOptions {
  /** Whether a space is prepended to a text that does not begin with one; default false. */
  readonly prefixSpace?: boolean | undefined;
  /** Whether the text is split into GPT-2's words; default true. */
  readonly words?: boolean | undefined;
}

/** Byte-level pre-tokenizer: words as UTF-8 bytes in GPT-2's byte alphabet. */
export function byteLevel({ prefixSpace = false, words = true }: ByteLevelOptions = {}): Splitter {
  const split = words ? matchesOf(GPT2_WORDS) : (text: AlignedText) => (text.length ? [text] : []);
  return (text) => {
    const prefixed = prefixSpace && text.length > 0 && !text.text.startsWith(' ') ? text.prepend(' ') : text;
    return split(prefixed).map(toBytes);
  };
}

function toBytes(word: AlignedText): AlignedText {
  if (/^[\0-\x7f]*$/.test(word.text)) {
    return word.relabel(word.text.replace(/[^!-~]/g, (character) => characterOfByte[character.charCodeAt(0)]!));
  }
  const encoder = new TextEncoder();
  return word.rewrite((add) => {
    let at = 0;
    for (const character of word.text) {
      for (const byte of encoder.encode(character)) add(characterOfByte[byte]!, at, at + character.length);
      at += character.length;
    }
  });
}
