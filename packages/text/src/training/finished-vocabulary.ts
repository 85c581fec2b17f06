import { SequiturError } from '@sequitur/core';
import { TokenSettings } from '../tokenizers/readers/token-settings.js';

/** The ids of a list of tokens: their indices. */
export function idsOf(tokens: readonly string[]): Record<string, number> {
  return Object.fromEntries(tokens.map((token, id) => [token, id]));
}

/** Special tokens, with the first ids, in the format of `tokenizer.json`. */
export function addedTokens(contents: readonly string[]): object[] {
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  return contents.map((content, id) => ({ id, content, ...flags }));
}

/** A `post_processor` that appends this token to every text. */
export function closingWith(token: string, id: number): object {
  const closing = { SpecialToken: { id: token, type_id: 0 } };
  const sequence = (name: string) => ({ Sequence: { id: name, type_id: 0 } });
  return {
    type: 'TemplateProcessing',
    single: [sequence('A'), closing],
    pair: [sequence('A'), closing, sequence('B'), closing],
    special_tokens: { [token]: { id: token, ids: [id], tokens: [token] } },
  };
}

/** The `tokenizer_config.json` of a trained vocabulary. */
export function settingsOf(roles: Readonly<Record<string, string>>): TokenSettings {
  return new TokenSettings({
    tokenizer_class: 'PreTrainedTokenizerFast',
    clean_up_tokenization_spaces: false,
    ...roles,
  });
}

/**
 * Checks the size of a vocabulary.
 *
 * @throws SequiturError where it is too small for its required tokens
 */
export function checkSize(where: string, size: number, least: number): void {
  if (Number.isInteger(size) && size >= least) return;
  throw new SequiturError({ where, expected: `a vocabularySize of at least ${least}`, got: `${size}` });
}
