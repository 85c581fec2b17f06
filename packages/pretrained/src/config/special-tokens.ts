import { anInteger, defined, type ReadAttribute } from './attributes.js';
import type { ConfigReader } from './config-reader.js';

/** The special tokens of a model: start, end and padding. */
export interface SpecialTokens {
  readonly startToken?: number;
  readonly endToken?: number | readonly number[];
  readonly paddingToken?: number;
}

/** Reads `bos_token_id`, `eos_token_id` and `pad_token_id`. */
export function readSpecialTokens(json: ConfigReader): SpecialTokens {
  const padding = json.maybe('pad_token_id', anInteger(-1)); // -1: none, in some published files
  return defined({
    startToken: json.maybe('bos_token_id', anInteger(0)),
    endToken: json.maybe('eos_token_id', tokenOrTokens),
    paddingToken: padding === -1 ? undefined : padding,
  }) as SpecialTokens;
}

/** Writes the attributes of `readSpecialTokens`; null means none, where Python's class has a default. */
export function writeSpecialTokens({ startToken, endToken, paddingToken }: SpecialTokens): Record<string, unknown> {
  return {
    bos_token_id: startToken ?? null,
    eos_token_id: endToken ?? null,
    ...(paddingToken !== undefined && { pad_token_id: paddingToken }),
  };
}

/** A token, or several that mean the same. */
const tokenOrTokens: ReadAttribute<number | readonly number[]> = (value, where) => {
  if (!Array.isArray(value)) return anInteger(0)(value, where);
  return value.map((item) => anInteger(0)(item, where));
};
