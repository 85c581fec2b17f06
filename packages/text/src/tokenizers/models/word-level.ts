import type { Vocabulary } from '../vocabulary.js';
import { unspellable } from './unspellable.js';
import type { WordModel, WordPart } from './word-model.js';

/** The word-level model: whole words, or the unknown token. */
export class WordLevelModel implements WordModel {
  readonly vocabulary: Vocabulary;
  readonly #unknown: string | undefined;

  constructor(vocabulary: Vocabulary, unknown?: string) {
    this.vocabulary = vocabulary;
    this.#unknown = unknown;
  }

  spell(word: string): readonly WordPart[] {
    const known = this.vocabulary.idOf(word);
    if (known !== undefined) return [{ id: known, token: word, from: 0, to: word.length }];
    const id = this.#unknown === undefined ? undefined : this.vocabulary.idOf(this.#unknown);
    if (id !== undefined) return [{ id, token: this.#unknown!, from: 0, to: word.length }];
    throw unspellable(word);
  }
}
