import type { Pattern } from './pattern.js';
import { documentOf, drawnBlocks } from './sees.js';

/** Keys from `start` up to but not `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Where the keys lie that queries from `start` up to but not `end` may see: ascending spans apart from one another,
 * within [0, keys). They may hold keys that no query sees, never miss one: what lies outside costs nothing at all.
 */
export function candidates(pattern: Pattern, queries: Span, keys: number): readonly Span[] {
  const { start, end } = queries;
  switch (pattern.kind) {
    case 'causal':
    case 'strided':
    case 'fixed':
      return within([{ start: 0, end }], keys);
    case 'full':
      return within([{ start: 0, end: keys }], keys);
    case 'slidingWindow':
      return within([{ start: start - pattern.left, end: end + pattern.right }], keys);
    case 'dilated': {
      const { left, right, dilation } = pattern;
      return within([{ start: start - left * dilation, end: end + right * dilation }], keys);
    }
    case 'globalTokens': {
      const { positions } = pattern;
      if (positions.some((position) => position >= start && position < end))
        return within([{ start: 0, end: keys }], keys);
      return within(
        positions.map((position) => ({ start: position, end: position + 1 })),
        keys,
      );
    }
    case 'randomBlocks':
      return ofBlocks(pattern.blockSize, queries, keys, (block) => [...drawnBlocks(pattern, block)]);
    case 'chosenBlocks':
      return ofBlocks(pattern.blockSize, queries, keys, (block) => pattern.chosen[block] ?? []);
    case 'documents':
      return ofDocuments(pattern.ids, queries, keys);
    case 'prefix':
      return within([{ start: 0, end: start < pattern.length ? Math.max(end, pattern.length) : end }], keys);
    case 'either':
      return within(
        pattern.patterns.flatMap((part) => candidates(part, queries, keys)),
        keys,
      );
    case 'both':
      return pattern.patterns.map((part) => candidates(part, queries, keys)).reduce(intersection);
    case 'except':
      return candidates(pattern.pattern, queries, keys);
  }
}

function ofBlocks(
  blockSize: number,
  { start, end }: Span,
  keys: number,
  blocksOf: (block: number) => readonly number[],
): readonly Span[] {
  const spans: Span[] = [];
  for (let block = Math.floor(start / blockSize); block * blockSize < end; block++) {
    for (const seen of blocksOf(block)) spans.push({ start: seen * blockSize, end: (seen + 1) * blockSize });
  }
  return within(spans, keys);
}

function ofDocuments(ids: readonly number[], { start, end }: Span, keys: number): readonly Span[] {
  const spans = spansOfDocuments(ids);
  const seen = new Set(Array.from({ length: end - start }, (_, index) => documentOf(ids, start + index)));
  return within(
    [...seen].map((id) => (id === undefined ? { start: 0, end: keys } : spans.get(id)!)),
    keys,
  );
}

const documentSpans = new WeakMap<readonly number[], ReadonlyMap<number, Span>>();

/** From the first to the last position of each document. */
function spansOfDocuments(ids: readonly number[]): ReadonlyMap<number, Span> {
  const known = documentSpans.get(ids);
  if (known) return known;
  const spans = new Map<number, Span>();
  for (const [position, id] of ids.entries()) {
    const end = position === ids.length - 1 ? Number.MAX_SAFE_INTEGER : position + 1; // the last one goes on
    spans.set(id, { start: spans.get(id)?.start ?? position, end });
  }
  documentSpans.set(ids, spans);
  return spans;
}

/** Sorted, cut to [0, keys), and merged where they touch. */
function within(spans: readonly Span[], keys: number): readonly Span[] {
  const cut = spans
    .map(({ start, end }) => ({ start: Math.max(start, 0), end: Math.min(end, keys) }))
    .filter(({ start, end }) => start < end)
    .sort((a, b) => a.start - b.start);
  const merged: { start: number; end: number }[] = [];
  for (const span of cut) {
    const last = merged.at(-1);
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else merged.push({ ...span });
  }
  return merged;
}

function intersection(a: readonly Span[], b: readonly Span[]): readonly Span[] {
  const spans: Span[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const start = Math.max(a[i]!.start, b[j]!.start);
    const end = Math.min(a[i]!.end, b[j]!.end);
    if (start < end) spans.push({ start, end });
    if (a[i]!.end < b[j]!.end) i++;
    else j++;
  }
  return spans;
}
