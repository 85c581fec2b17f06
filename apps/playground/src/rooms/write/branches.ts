import type { WrittenToken } from '../../protocol/write.js';

/** A text that was written, and is kept beside the one on screen. */
export interface Branch {
  readonly tokens: readonly WrittenToken[];
}

/** How surprised the model was by its own text: 1 where every token was certain. */
export function perplexityOf(tokens: readonly WrittenToken[]): number | null {
  const known = tokens.filter(({ probability }) => probability > 0);
  if (known.length === 0) return null;
  return Math.exp(-known.reduce((sum, { probability }) => sum + Math.log(probability), 0) / known.length);
}

/** How many tokens two texts share from their beginning. */
export function sharedLength(a: readonly WrittenToken[], b: readonly WrittenToken[]): number {
  const length = Math.min(a.length, b.length);
  for (let place = 0; place < length; place++) if (a[place]!.id !== b[place]!.id) return place;
  return length;
}

/** The more a token surprised, the stronger its tint: in bits, as a share of the strongest. */
export function tintOf(probability: number): number {
  const bits = -Math.log2(Math.max(probability, 1e-6));
  return Math.min(1, bits / 8) ** 0.8;
}
