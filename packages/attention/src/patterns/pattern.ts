/**
 * An attention pattern, the static mask of attention: which keys each query attends to. Plain JSON, to be saved with a
 * model, compared and printed. Positions are counted from the start of the sequence, so a pattern means the same in
 * every chunk.
 *
 * A new kind of pattern is a member of this union with a constructor in `constructors.ts`; the compiler then names every
 * function of this folder that must handle it, `sees` first.
 */
export type Pattern =
  | Causal
  | Full
  | SlidingWindow
  | Dilated
  | Strided
  | Fixed
  | GlobalTokens
  | RandomBlocks
  | ChosenBlocks
  | Documents
  | Prefix
  | Either
  | Both
  | Except;

export interface Causal {
  readonly kind: 'causal';
}

export interface Full {
  readonly kind: 'full';
}

export interface SlidingWindow {
  readonly kind: 'slidingWindow';
  readonly left: number;
  readonly right: number;
}

export interface Dilated {
  readonly kind: 'dilated';
  readonly left: number;
  readonly right: number;
  readonly dilation: number;
}

export interface Strided {
  readonly kind: 'strided';
  readonly stride: number;
}

export interface Fixed {
  readonly kind: 'fixed';
  readonly stride: number;
  readonly summary: number;
}

export interface GlobalTokens {
  readonly kind: 'globalTokens';
  /** Ascending. */
  readonly positions: readonly number[];
}

export interface RandomBlocks {
  readonly kind: 'randomBlocks';
  readonly seed: number;
  readonly blockSize: number;
  readonly blocks: number;
  readonly length?: number;
}

export interface ChosenBlocks {
  readonly kind: 'chosenBlocks';
  readonly blockSize: number;
  readonly chosen: readonly (readonly number[])[];
}

export interface Documents {
  readonly kind: 'documents';
  readonly ids: readonly number[];
}

export interface Prefix {
  readonly kind: 'prefix';
  readonly length: number;
}

export interface Either {
  readonly kind: 'either';
  readonly patterns: readonly Pattern[];
}

export interface Both {
  readonly kind: 'both';
  readonly patterns: readonly Pattern[];
}

export interface Except {
  readonly kind: 'except';
  readonly pattern: Pattern;
  readonly without: Pattern;
}

/** Whether two patterns are equal as data. */
export function samePattern(a: Pattern, b: Pattern): boolean {
  return patternKey(a) === patternKey(b);
}

const keys = new WeakMap<Pattern, string>();

/** The pattern as a string with its fields in order: equal for equal patterns. */
export function patternKey(pattern: Pattern): string {
  let key = keys.get(pattern);
  if (key === undefined) {
    key = JSON.stringify(pattern, (_, value) => (isRecord(value) ? sorted(value) : value));
    keys.set(pattern, key);
  }
  return key;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
