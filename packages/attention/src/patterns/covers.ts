import { candidates } from './candidates.js';
import { spanOfDocument } from './document-spans.js';
import type { Pattern } from './pattern.js';
import { documentOf } from './sees.js';
import type { Span } from './span.js';

/**
 * Whether every query of a span attends to every key of another, decided without looking at single pairs. False may
 * also mean undecided.
 */
export function covers(pattern: Pattern, queries: Span, keys: Span): boolean {
  switch (pattern.kind) {
    case 'full':
      return true;
    case 'causal':
      return keys.end - 1 <= queries.start;
    case 'slidingWindow':
      return keys.start >= queries.end - 1 - pattern.left && keys.end - 1 <= queries.start + pattern.right;
    case 'strided': // the local half
      return keys.end - 1 <= queries.start && queries.end - 1 - keys.start < pattern.stride;
    case 'prefix':
      return (
        keys.end - 1 <= queries.start ||
        (queries.start >= 0 && queries.end <= pattern.length && keys.end <= pattern.length)
      );
    case 'dilated':
      return pattern.dilation === 1 && covers({ ...pattern, kind: 'slidingWindow' }, queries, keys);
    case 'fixed': {
      const own = Math.floor(queries.start / pattern.stride) * pattern.stride;
      return keys.end - 1 <= queries.start && keys.start >= own && queries.end <= own + pattern.stride;
    }
    case 'documents':
      return inOneDocument(pattern.ids, queries, keys);
    case 'either':
      return pattern.patterns.some((part) => covers(part, queries, keys));
    case 'both':
      return pattern.patterns.every((part) => covers(part, queries, keys));
    case 'except':
      return covers(pattern.pattern, queries, keys) && !meets(candidates(pattern.without, queries, keys.end), keys);
    default:
      return false;
  }
}

/** Whether both spans are within one document without gaps. */
function inOneDocument(ids: readonly number[], queries: Span, keys: Span): boolean {
  if (queries.start < 0) return false;
  const document = documentOf(ids, queries.start);
  if (document === undefined) return true;
  const { start, end, whole } = spanOfDocument(ids, document);
  return whole && [queries, keys].every((span) => span.start >= start && span.end <= end);
}

export function meets(spans: readonly Span[], keys: Span): boolean {
  return spans.some(({ start, end }) => start < keys.end && end > keys.start);
}
