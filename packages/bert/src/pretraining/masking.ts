import { checkOptions, option, optionsOf, type Random, SequiturError } from '@sequitur/core';

export interface MaskingOptions {
  /** The mask token. */
  readonly maskToken: number;
  readonly vocabularySize: number;
  /** Tokens that are never masked nor used as replacements: start, end, separator, padding. */
  readonly specialTokens: readonly number[];
  /** Fraction of the tokens to predict, at least one token; default 0.15. */
  readonly rate?: number;
  /** Fraction of those that is replaced by the mask; default 0.8. */
  readonly masked?: number;
  /** Fraction of those that is replaced by a random token; default 0.1. The rest is unchanged. */
  readonly replaced?: number;
  /** The word of each token, null for none, for whole word masking. Absent: tokens are masked separately. */
  readonly words?: readonly (number | null)[];
}

export const maskingRules = {
  maskToken: option.countOrNone,
  vocabularySize: option.count,
  rate: option.optional(option.share),
  masked: option.optional(option.share),
  replaced: option.optional(option.share),
};
const maskingOptions = optionsOf<MaskingOptions>({
  ...maskingRules,
  specialTokens: option.listOf(option.countOrNone),
  words: option.optional(option.listOf(option.either('a word or null', option.countOrNone, option.oneOf(null)))),
});

export interface MaskedText {
  readonly tokens: number[];
  /** The original tokens at positions to predict, else -100. */
  readonly labels: number[];
}

/**
 * Masks tokens for masked language modelling (Devlin et al. 2019, section 3.1, task 1, and appendix A.1). Drawn again
 * for every reading of a sequence, masks are dynamic (Liu et al. 2019, section 4.1).
 */
export function maskTokens(tokens: ArrayLike<number>, random: Random, options: MaskingOptions): MaskedText {
  const { masked = 0.8, replaced = 0.1 } = checkOptions('maskTokens', maskingOptions, options);
  checkShares(masked, replaced);
  const result = { tokens: Array.from(tokens), labels: new Array<number>(tokens.length).fill(-100) };
  for (const position of chosenPositions(tokens, random, options)) {
    result.labels[position] = tokens[position]!;
    const draw = random.uniform();
    if (draw < masked) result.tokens[position] = options.maskToken;
    else if (draw < masked + replaced) result.tokens[position] = anyToken(random, options);
  }
  return result;
}

/** The word of each WordPiece: pieces that begin with `##` continue the word before. */
export function wordsOfPieces(pieces: readonly string[]): number[] {
  let word = -1;
  return pieces.map((piece) => {
    if (!piece.startsWith('##') || word < 0) word++;
    return word;
  });
}

/** Units in random order until there are enough; one that would be too long is skipped. */
function chosenPositions(tokens: ArrayLike<number>, random: Random, options: MaskingOptions): number[] {
  const units = random.shuffle(unitsOf(tokens, options));
  const candidates = units.reduce((sum, unit) => sum + unit.length, 0);
  const wanted = candidates === 0 ? 0 : Math.max(1, Math.round(candidates * (options.rate ?? 0.15)));
  const chosen: number[] = [];
  for (const unit of units) {
    if (chosen.length >= wanted) break;
    if (chosen.length === 0 || chosen.length + unit.length <= wanted) chosen.push(...unit);
  }
  return chosen.sort((a, b) => a - b);
}

/** The positions that are masked together. */
function unitsOf(tokens: ArrayLike<number>, { specialTokens, words }: MaskingOptions): number[][] {
  if (words && words.length !== tokens.length) {
    throw new SequiturError({
      where: 'maskTokens, words',
      expected: `a word or null for each of ${tokens.length} tokens`,
      got: `${words.length}`,
    });
  }
  const special = new Set(specialTokens);
  const units = new Map<string, number[]>();
  for (let position = 0; position < tokens.length; position++) {
    if (special.has(tokens[position]!)) continue;
    const word = words?.[position];
    const name = word === undefined || word === null ? `token ${position}` : `word ${word}`;
    units.set(name, [...(units.get(name) ?? []), position]);
  }
  return [...units.values()];
}

function anyToken(random: Random, { vocabularySize, specialTokens, maskToken }: MaskingOptions): number {
  const excluded = new Set([...specialTokens, maskToken]);
  if (excluded.size >= vocabularySize) {
    throw new SequiturError({
      where: 'maskTokens',
      expected: 'a vocabulary with ordinary tokens',
      got: 'special ones only',
    });
  }
  for (;;) {
    const token = random.integer(vocabularySize);
    if (!excluded.has(token)) return token;
  }
}

function checkShares(masked: number, replaced: number): void {
  if (masked >= 0 && replaced >= 0 && masked + replaced <= 1) return;
  throw new SequiturError({
    where: 'maskTokens, masked and replaced',
    expected: 'shares that add up to at most 1',
    got: `${masked} and ${replaced}`,
  });
}
