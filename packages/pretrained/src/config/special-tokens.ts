import { anInteger, defined, type ReadAttribute } from './attributes.js';
import type { ConfigReader } from './config-reader.js';

/** The special tokens of a model: start, end and padding. */
export interface SpecialTokens {
  readonly startToken?: number;
  readonly endToken?: number | readonly number[];
  readonly paddingToken?: number;
}

/**
 * Reads `bos_token_id`, `eos_token_id` and `pad_token_id`; null means none.
 *
 * @param defaults those of Python's class, for absent attributes
 */
export function readSpecialTokens(json: ConfigReader, defaults: SpecialTokens = {}): SpecialTokens {
  const read = <T>(name: string, attribute: ReadAttribute<T>, fallback: T | undefined) =>
    json.has(name) ? json.maybe(name, attribute) : fallback;
  const padding = read('pad_token_id', anInteger(-1), defaults.paddingToken); // -1: none, in some published files
  return defined({
    startToken: read('bos_token_id', anInteger(0), defaults.startToken),
    endToken: read('eos_token_id', tokenOrTokens, defaults.endToken),
    paddingToken: padding === -1 ? undefined : padding,
  }) as SpecialTokens;
}

/** Those of the tokens that a vocabulary of this size has: the defaults of a class are for the published one. */
export function tokensWithin(tokens: SpecialTokens, vocabularySize: number): SpecialTokens {
  const isInside = (token: number | readonly number[]) => [token].flat().every((id) => id < vocabularySize);
  return Object.fromEntries(Object.entries(tokens).filter(([, token]) => isInside(token)));
}

/** Writes the attributes of `readSpecialTokens`; null means none, where Python's class has a default. */
export function writeSpecialTokens({ startToken, endToken, paddingToken }: SpecialTokens): Record<string, unknown> {
  return {
    bos_token_id: startToken ?? null,
    eos_token_id: endToken ?? null,
    pad_token_id: paddingToken ?? null,
  };
}

/** A token, or several that mean the same. */
const tokenOrTokens: ReadAttribute<number | readonly number[]> = (value, where) => {
  if (!Array.isArray(value)) return anInteger(0)(value, where);
  return value.map((item) => anInteger(0)(item, where));
};
