import { spanOfDocument } from './document-spans.js';
import type { Dilated, Fixed, Pattern } from './pattern.js';
import { documentOf, drawnBlocks } from './sees.js';
import type { Span } from './span.js';

/**
 * The keys that a span of queries may attend to: ascending disjoint spans within [0, keys). A span may hold keys that
 * no query attends to, but no key outside the spans is attended to: such keys cost nothing.
 */
export function candidates(pattern: Pattern, queries: Span, keys: number): readonly Span[] {
  const { start, end } = queries;
  switch (pattern.kind) {
    case 'causal':
      return within([{ start: 0, end }], keys);
    case 'strided':
      return within(ofStride(pattern.stride, queries), keys);
    case 'fixed':
      return within(ofSummaries(pattern, queries), keys);
    case 'full':
      return within([{ start: 0, end: keys }], keys);
    case 'slidingWindow':
      return within([{ start: start - pattern.left, end: end + pattern.right }], keys);
    case 'dilated':
      return within(ofDilation(pattern, queries), keys);
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

/** The near keys, and one position further back for each stride. */
function ofStride(stride: number, { start, end }: Span): readonly Span[] {
  const near = { start: start - stride + 1, end };
  if (stride <= end - start) return [{ start: 0, end }];
  const far = Array.from({ length: Math.floor((end - 1) / stride) }, (_, index) => {
    return { start: start - (index + 1) * stride, end: end - (index + 1) * stride };
  });
  return [near, ...far];
}

/** The block of the queries, and the last keys of every earlier block. */
function ofSummaries({ stride, summary }: Fixed, { start, end }: Span): readonly Span[] {
  const own = Math.floor(start / stride);
  const before = Array.from({ length: own }, (_, block) => {
    return { start: (block + 1) * stride - summary, end: (block + 1) * stride };
  });
  return [...before, { start: own * stride, end }];
}

/**
 * One position for each key of the window where gaps are wider than the run of queries; else all from the first to the
 * last.
 */
function ofDilation({ left, right, dilation }: Dilated, { start, end }: Span): readonly Span[] {
  if (dilation <= end - start) return [{ start: start - left * dilation, end: end + right * dilation }];
  const first = -Math.min(left, Math.floor((end - 1) / dilation)); // positions before the start do not exist
  return Array.from({ length: right + 1 - first }, (_, index) => {
    return { start: start + (first + index) * dilation, end: end + (first + index) * dilation };
  });
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
  const seen = new Set(Array.from({ length: end - start }, (_, index) => documentOf(ids, start + index)));
  return within(
    [...seen].map((id) => (id === undefined ? { start: 0, end: keys } : spanOfDocument(ids, id))),
    keys,
  );
}

/** Sorted, clamped to [0, keys), and merged where they touch. */
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
