import type { Span } from './span.js';

/** The first and the last position of a document. */
export interface DocumentSpan extends Span {
  /** Whether there is no other document in between. */
  readonly whole: boolean;
}

const known = new WeakMap<readonly number[], ReadonlyMap<number, DocumentSpan>>();

/** The span of a document of the list; the last one has no end. */
export function spanOfDocument(ids: readonly number[], id: number): DocumentSpan {
  let spans = known.get(ids);
  if (!spans) {
    spans = spansOf(ids);
    known.set(ids, spans);
  }
  return spans.get(id)!;
}

function spansOf(ids: readonly number[]): ReadonlyMap<number, DocumentSpan> {
  const spans = new Map<number, DocumentSpan>();
  for (const [position, id] of ids.entries()) {
    const end = position === ids.length - 1 ? Number.MAX_SAFE_INTEGER : position + 1;
    const before = spans.get(id);
    const start = before?.start ?? position;
    spans.set(id, { start, end, whole: !before || (before.whole && before.end === position) });
  }
  return spans;
}
