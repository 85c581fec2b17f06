import { checkArgument, option, SequiturError } from '@sequitur/core';
import { SubwordTokenizer } from './subword-tokenizer.js';
import { bareTemplate } from './template.js';
import type { TokenizerFiles } from './tokenizer.js';
import { Vocabulary } from './vocabulary.js';

/** A character tokenizer: one token for each character (code point) of a text. */
export class CharacterTokenizer extends SubwordTokenizer {
  readonly characters: readonly string[];

  /** @param characters without duplicates; a character's id is its index */
  constructor(characters: readonly string[]) {
    checkArgument('CharacterTokenizer, characters', option.listOf(option.text), characters);
    const vocabulary = Vocabulary.ofList(characters);
    super({
      vocabulary,
      split: (text) => {
        let at = 0;
        return Array.from(text.text, (token, word) => {
          const id = vocabulary.idOf(token) ?? refuse(token, characters.length);
          const [start, end] = text.range(at, at + token.length);
          at += token.length;
          return { id, token, start, end, word };
        });
      },
      join: (tokens) => tokens.join(''),
      template: bareTemplate,
      files: () => filesOf(characters),
    });
    this.characters = characters;
  }

  /** The characters of a text, in the order of their code points. */
  static fromText(text: string): CharacterTokenizer {
    checkArgument('CharacterTokenizer.fromText, text', option.text, text);
    return new CharacterTokenizer([...new Set(text)].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!));
  }
}

/**
 * The files of the tokenizer: a word-level model after a split into characters, which every reader of `tokenizer.json`
 * supports.
 */
function filesOf(characters: readonly string[]): TokenizerFiles {
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
      model: {
        type: 'WordLevel',
        vocab: Object.fromEntries(characters.map((character, id) => [character, id])),
        unk_token: '<unknown>',
      },
    },
    'tokenizer_config.json': {
      tokenizer_class: 'PreTrainedTokenizerFast',
      clean_up_tokenization_spaces: false,
      model_max_length: 1e30,
    },
  };
}

function refuse(character: string, size: number): never {
  throw new SequiturError({
    where: 'CharacterTokenizer.encode',
    expected: `one of the ${size} characters of the text that it was created from`,
    got: `'${character}' (U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')})`,
    fix: 'Omit the character, or create the tokenizer from a text that has it',
  });
}
