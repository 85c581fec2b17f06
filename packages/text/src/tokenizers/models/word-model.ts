import type { AlignedText } from '../aligned-text.js';
import type { Piece } from '../encoding.js';
import type { Vocabulary } from '../vocabulary.js';

/** A token of a word: its UTF-16 code units [from, to). */
export interface WordPart {
  readonly id: number;
  readonly token: string;
  readonly from: number;
  readonly to: number;
}

/** The model of a tokenizer: splits a word, after normalization and pre-tokenization, into tokens of a vocabulary. */
export interface WordModel {
  readonly vocabulary: Vocabulary;
  spell(word: string): readonly WordPart[];
}

/**
 * The pieces of words, with their positions in the original text. Spaces separate the words that one pre-token holds.
 */
export function piecesOf(words: Iterable<AlignedText>, model: WordModel): Piece[] {
  const pieces: Piece[] = [];
  let number = -1;
  for (const word of words) {
    let isFirst = true;
    for (const { id, token, from, to } of model.spell(word.text)) {
      if (isFirst || SPACES.has(token.charCodeAt(0))) number++;
      isFirst = false;
      const [start, end] = word.range(from, to);
      pieces.push({ id, token, start, end, word: number });
    }
  }
  return pieces;
}

/** The symbols for a space in vocabularies: that of SentencePiece, and that of byte-level ones. */
const SPACES: ReadonlySet<number> = new Set([0x2581, 0x120]);

/** A cache of recent words and their tokens, since words repeat. */
export class SpellingCache {
  readonly #spellings = new Map<string, readonly WordPart[]>();

  spell(word: string, spell: () => readonly WordPart[]): readonly WordPart[] {
    const known = this.#spellings.get(word);
    if (known) return known;
    const parts = spell();
    if (word.length > 64) return parts;
    if (this.#spellings.size >= 50_000) this.#spellings.clear();
    this.#spellings.set(word, parts);
    return parts;
  }
}
