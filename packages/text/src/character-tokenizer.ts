import { SequiturError } from '@sequitur/core';
import type { Tokenizer } from './tokenizer.js';

/** One token for each character (code point) that occurs in a text. */
export class CharacterTokenizer implements Tokenizer {
  readonly characters: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;

  /** @param characters each once; a character's id is its place */
  constructor(characters: readonly string[]) {
    this.characters = characters;
    this.#ids = new Map(characters.map((character, id) => [character, id]));
  }

  /** The characters of a text, in the order of their code points. */
  static fromText(text: string): CharacterTokenizer {
    return new CharacterTokenizer([...new Set(text)].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!));
  }

  get vocabularySize(): number {
    return this.characters.length;
  }

  encode(text: string): number[] {
    return Array.from(text, (character) => this.#ids.get(character) ?? this.#refuse(character));
  }

  decode(ids: readonly number[]): string {
    return ids.map((id) => this.characters[id] ?? '\ufffd').join('');
  }

  /** As a word-level vocabulary behind a split into characters, which any reader of `tokenizer.json` understands. */
  files(): Readonly<Record<string, unknown>> {
    const vocabulary = Object.fromEntries(this.characters.map((character, id) => [character, id]));
    return {
      'tokenizer.json': {
        version: '1.0',
        truncation: null,
        padding: null,
        added_tokens: [],
        normalizer: null,
        pre_tokenizer: { type: 'Split', pattern: { Regex: '[\\s\\S]' }, behavior: 'Isolated', invert: false },
        post_processor: null,
        decoder: { type: 'Fuse' },
        model: { type: 'WordLevel', vocab: vocabulary, unk_token: '<unknown>' },
      },
      'tokenizer_config.json': {
        tokenizer_class: 'PreTrainedTokenizerFast',
        clean_up_tokenization_spaces: false,
        model_max_length: 1e30,
      },
    };
  }

  #refuse(character: string): never {
    throw new SequiturError({
      where: 'CharacterTokenizer.encode',
      expected: `characters of the text it was made from (${this.vocabularySize} of them)`,
      got: `'${character}' (U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')})`,
      fix: 'Leave the character out, or make the tokenizer from a text that has it',
    });
  }
}
