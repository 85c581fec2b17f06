import type { Vocabulary } from '../vocabulary.js';
import { unspellable } from './unspellable.js';
import { SpellingCache, type WordModel, type WordPart } from './word-model.js';

export interface WordPieceOptions {
  readonly vocabulary: Vocabulary;
  readonly unknown: string;
  /** The id of unknown words; default that in the vocabulary. Without one, unknown words are an error. */
  readonly unknownId?: number | undefined;
  /** Prefix of a continuation piece; default `##`. */
  readonly continuation?: string | undefined;
  /** Longer words, in characters, are unknown; default 100. */
  readonly longestWord?: number | undefined;
}

/** WordPiece: greedy longest-match-first, from left to right (Wu et al. 2016; BERT). */
export class WordPieceModel implements WordModel {
  readonly vocabulary: Vocabulary;
  readonly #options: { readonly unknown: string; readonly continuation: string; readonly longestWord: number };
  readonly #unknownId: number | undefined;
  readonly #cache = new SpellingCache();
  readonly #longestPiece: number;

  constructor({ vocabulary, unknown, unknownId, continuation, longestWord }: WordPieceOptions) {
    this.vocabulary = vocabulary;
    this.#options = { unknown, continuation: continuation ?? '##', longestWord: longestWord ?? 100 };
    this.#unknownId = unknownId ?? vocabulary.idOf(unknown);
    this.#longestPiece = [...vocabulary.entries()].reduce((most, [token]) => Math.max(most, token.length), 0);
  }

  spell(word: string): readonly WordPart[] {
    return this.#cache.spell(word, () => this.#pieces(word) ?? this.#unknown(word));
  }

  #pieces(word: string): WordPart[] | null {
    if (tooLong(word, this.#options.longestWord)) return null;
    const parts: WordPart[] = [];
    let from = 0;
    while (from < word.length) {
      const part = this.#longestAt(word, from);
      if (!part) return null;
      parts.push(part);
      from = part.to;
    }
    return parts;
  }

  #longestAt(word: string, from: number): WordPart | null {
    const prefix = from > 0 ? this.#options.continuation : '';
    for (let to = Math.min(word.length, from + this.#longestPiece); to > from; to--) {
      const token = prefix + word.slice(from, to);
      const id = this.vocabulary.idOf(token);
      if (id !== undefined) return { id, token, from, to };
    }
    return null;
  }

  #unknown(word: string): WordPart[] {
    const { unknown } = this.#options;
    if (this.#unknownId === undefined) throw unspellable(word);
    return [{ id: this.#unknownId, token: unknown, from: 0, to: word.length }];
  }
}

function tooLong(word: string, characters: number): boolean {
  return word.length > characters && [...word].length > characters;
}
