import { families } from '../scaling/candidate.js';

/**
 * One colour per family, distinguishable with any colour vision (Okabe and Ito 2008, and Paul Tol's "bright"), on light
 * and dark backgrounds. Members of a family also differ in dashes and markers, for greyscale printing.
 */
const LIGHT = ['#000000', '#0072b2', '#b8621b', '#009e73', '#a3369e', '#8a6d00', '#5b5b66', '#d0342c'];
const DARK = ['#ffffff', '#56b4e9', '#e69f00', '#2fd6a3', '#e08be0', '#f0e442', '#a9b0bd', '#ff7a6b'];

const DASHES = ['', '6 3', '2 3', '9 3 2 3', '1 5'];
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'cross'] as const;

/** Line style of an architecture. */
export interface Appearance {
  readonly color: string;
  readonly dash: string;
  readonly symbol: (typeof SYMBOLS)[number];
}

/** @param members the family of each architecture, in the order of the table */
export function appearances(members: readonly { readonly architecture: string; readonly family: string }[]) {
  const counts = new Map<string, number>();
  return new Map(
    members.map(({ architecture, family }): [string, Appearance] => {
      const index = counts.get(family) ?? 0;
      counts.set(family, index + 1);
      // Each round over the dashes begins with the next marker, so that no two of up to 25 members look alike.
      const dash = DASHES[index % DASHES.length]!;
      const symbol = SYMBOLS[(index + Math.floor(index / DASHES.length)) % SYMBOLS.length]!;
      return [architecture, { color: `var(--${slug(family)})`, dash, symbol }];
    }),
  );
}

/** The colours as custom properties of a style sheet. */
export function paletteCss(theme: 'light' | 'dark'): string {
  const colors = theme === 'light' ? LIGHT : DARK;
  return families.map((family, index) => `--${slug(family)}: ${colors[index % colors.length]};`).join(' ');
}

function slug(family: string): string {
  return family.replace(/[^a-z]+/g, '-');
}
