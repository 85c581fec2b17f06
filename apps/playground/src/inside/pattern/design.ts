import type { Pattern } from '@sequitur/attention';
import type { PatternPart } from '../../protocol/inside.js';

/** Parts that a pattern is composed of; 0 leaves one out. */
export interface Design {
  /** Tokens that a query sees, its own among them. */
  readonly window: number;
  /** The first tokens, which all see. */
  readonly globals: number;
  /** Every n-th earlier token. */
  readonly stride: number;
  /** The last token of every block of n. */
  readonly summary: number;
  /** Blocks drawn at random for each block of queries. */
  readonly random: number;
  /** The pattern of a model, whole. */
  readonly own: Pattern | null;
  /** Blocks that were painted: `row,column`. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export const empty: Design = {
  ...{ window: 0, globals: 0, stride: 0, summary: 0, random: 0 },
  ...{ own: null, added: [], removed: [] },
};

export type PartName = 'window' | 'globals' | 'stride' | 'summary' | 'random';

/** What the forms show of each part. */
export const partForms: readonly {
  readonly name: PartName;
  readonly title: string;
  readonly of: string;
  readonly says: string;
  readonly start: number;
  readonly most: number;
}[] = [
  {
    name: 'window',
    title: 'Window',
    of: 'tokens before',
    says: 'Near words: spelling, grammar.',
    start: 128,
    most: 512,
  },
  {
    name: 'globals',
    title: 'Global',
    of: 'first tokens',
    says: 'Seen by all; a place for what concerns the whole text: Longformer.',
    start: 32,
    most: 128,
  },
  {
    name: 'stride',
    title: 'Stride',
    of: 'tokens',
    says: 'Every so many tokens, far back: Sparse Transformer.',
    start: 256,
    most: 512,
  },
  {
    name: 'summary',
    title: 'Summary',
    of: 'of blocks of tokens',
    says: 'The last token of every block speaks for it: Sparse Transformer, fixed.',
    start: 128,
    most: 512,
  },
  {
    name: 'random',
    title: 'Random',
    of: 'blocks a row',
    says: 'Short ways between any two words: BigBird.',
    start: 2,
    most: 8,
  },
];

/** A stride reaches back so far: further than any text here. */
const FAR = 2 ** 16;

/** The parts that are on, the nearest first: a block is coloured by the first that sees it. */
export function partsOf(design: Design, blockSize: number): PatternPart[] {
  const { window, globals, stride, summary, random, own, added } = design;
  const parts: (PatternPart | false)[] = [
    own !== null && { name: 'its own', pattern: own },
    window > 0 && { name: 'window', pattern: { kind: 'slidingWindow', left: window - 1, right: 0 } },
    globals > 0 && { name: 'global', pattern: { kind: 'globalTokens', positions: [...Array(globals).keys()] } },
    stride > 0 && {
      name: 'stride',
      pattern: { kind: 'dilated', left: Math.ceil(FAR / stride), right: 0, dilation: stride },
    },
    summary > 0 && { name: 'summary', pattern: { kind: 'fixed', stride: summary, summary: 1 } },
    random > 0 && { name: 'random', pattern: { kind: 'randomBlocks', seed: 1, blockSize, blocks: random } },
    added.length > 0 && { name: 'painted', pattern: chosenBlocks(added, blockSize) },
  ];
  return parts.filter((part) => part !== false);
}

/** The pattern as attention gets it; null where nothing is on. */
export function patternOf(design: Design, blockSize: number): Pattern | null {
  const parts = partsOf(design, blockSize).map(({ pattern }) => pattern);
  if (parts.length === 0) return null;
  const any: Pattern = parts.length === 1 ? parts[0]! : { kind: 'either', patterns: parts };
  const looksBack = parts.every(({ kind }) => ['slidingWindow', 'dilated', 'fixed', 'causal'].includes(kind));
  const pattern: Pattern = looksBack ? any : { kind: 'both', patterns: [{ kind: 'causal' }, any] };
  if (design.removed.length === 0) return pattern;
  return { kind: 'except', pattern, without: chosenBlocks(design.removed, blockSize) };
}

/** Adds a block that nothing sees, or takes one away. */
export function painted(design: Design, row: number, column: number, isSeen: boolean): Design {
  const place = `${row},${column}`;
  const without = (places: readonly string[]) => places.filter((each) => each !== place);
  if (design.added.includes(place)) return { ...design, added: without(design.added) };
  if (design.removed.includes(place)) return { ...design, removed: without(design.removed) };
  return isSeen ? { ...design, removed: [...design.removed, place] } : { ...design, added: [...design.added, place] };
}

function chosenBlocks(places: readonly string[], blockSize: number): Pattern {
  const chosen: number[][] = [];
  for (const [row, column] of places.map((place) => place.split(',').map(Number) as [number, number])) {
    while (chosen.length <= row) chosen.push([]);
    chosen[row]!.push(column);
  }
  return { kind: 'chosenBlocks', blockSize, chosen: chosen.map((columns) => columns.sort((a, b) => a - b)) };
}

/** Patterns to begin with. */
export const starts: readonly { readonly name: string; readonly design: Design }[] = [
  { name: 'Longformer + stride', design: { ...empty, window: 128, globals: 32, stride: 256 } },
  { name: 'Sliding window', design: { ...empty, window: 128 } },
  { name: 'Longformer', design: { ...empty, window: 128, globals: 32 } },
  { name: 'Sparse Transformer, strided', design: { ...empty, window: 128, stride: 128 } },
  { name: 'Sparse Transformer, fixed', design: { ...empty, summary: 128 } },
  { name: 'BigBird', design: { ...empty, window: 96, globals: 32, random: 2 } },
  { name: 'All before: dense', design: { ...empty, own: { kind: 'causal' } } },
];
