import type { Encoding } from '@sequitur/text';

/** A token of a long text, and the window whose output is used for it. */
export interface TokenPlace {
  readonly window: number;
  /** Index of the token in the window. */
  readonly index: number;
}

/**
 * Every token of a text in the window with the most context around it.
 *
 * @param windows of one text, as `tokenizeWindows` gives them
 * @param overlap number of tokens that adjacent windows share
 */
export function centralTokens(windows: readonly Encoding[], overlap: number): TokenPlace[] {
  const places: (TokenPlace & { readonly margin: number })[] = [];
  const inner = windows.map(({ sequences }) =>
    sequences.flatMap((sequence, index) => (sequence === null ? [] : [index])),
  );
  const advance = inner[0]!.length - overlap;
  for (const [window, indices] of inner.entries()) {
    for (const [place, index] of indices.entries()) {
      const margin = Math.min(place, indices.length - 1 - place);
      const token = window * advance + place;
      const known = places[token];
      if (!known || margin > known.margin) places[token] = { window, index, margin };
    }
  }
  return places;
}
