import type { Random } from '@sequitur/core';
import type { SubwordTokenizer } from '@sequitur/text';
import { specialIdsOf } from './masked-texts.js';

/** Replaces a fraction of the tokens with the mask token: word dropout. */
export function tokenHider(tokenizer: SubwordTokenizer, share: number) {
  const { maskToken, specialTokens } = specialIdsOf(tokenizer);
  const special = new Set(specialTokens);
  return (ids: readonly number[], random: Random): number[] =>
    ids.map((id) => (!special.has(id) && random.uniform() < share ? maskToken : id));
}
