import type { WrittenToken } from '../../protocol/write.js';

/** A stored alternative of the text on screen. */
export interface Branch {
  readonly tokens: readonly WrittenToken[];
}

/** Perplexity of the generated text: 1 if every token was certain. */
export function perplexityOf(tokens: readonly WrittenToken[]): number | null {
  const known = tokens.filter(({ probability }) => probability > 0);
  if (known.length === 0) return null;
  return Math.exp(-known.reduce((sum, { probability }) => sum + Math.log(probability), 0) / known.length);
}

/** Length of the common prefix of two texts in tokens. */
export function sharedLength(a: readonly WrittenToken[], b: readonly WrittenToken[]): number {
  const length = Math.min(a.length, b.length);
  for (let place = 0; place < length; place++) if (a[place]!.id !== b[place]!.id) return place;
  return length;
}

/** Tint of a token by its surprisal in bits, relative to the strongest. */
export function tintOf(probability: number): number {
  const bits = -Math.log2(Math.max(probability, 1e-6));
  return Math.min(1, bits / 8) ** 0.8;
}
