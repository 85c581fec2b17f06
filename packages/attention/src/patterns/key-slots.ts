import { candidates } from './candidates.js';
import { covers } from './covers.js';
import type { Pattern } from './pattern.js';
import type { Span } from './span.js';
import { range, visibleBits } from './visible-bits.js';

/**
 * Positions that were evicted from a KV cache: `count` positions starting at `from`. Later keys are shifted into their
 * place.
 */
export interface Evicted {
  readonly from: number;
  readonly count: number;
}

/** A pattern's answers by slot of the KV cache. A slot is the key's position unless earlier positions were evicted. */
export class KeySlots {
  readonly #pattern: Pattern;
  readonly #from: number;
  readonly #count: number;

  constructor(pattern: Pattern, evicted: Evicted | undefined) {
    this.#pattern = pattern;
    this.#from = evicted?.count ? evicted.from : Number.MAX_SAFE_INTEGER;
    this.#count = evicted?.count ?? 0;
  }

  /** `visibleBits` for the 32 slots from `first` on. */
  bits(query: number, first: number): number {
    const gap = this.#from - first;
    if (gap >= 32) return visibleBits(this.#pattern, query, first);
    const behind = visibleBits(this.#pattern, query, first + this.#count);
    if (gap <= 0) return behind;
    const before = visibleBits(this.#pattern, query, first);
    return ((before & range(0, gap)) | (behind & range(gap, 32))) >>> 0;
  }

  candidates(queries: Span, slots: number): readonly Span[] {
    const spans = candidates(this.#pattern, queries, slots + this.#count);
    if (!this.#count) return spans;
    return spans
      .map(({ start, end }) => ({ start: this.#slotOf(start), end: this.#slotOf(end) }))
      .filter(({ start, end }) => start < end);
  }

  covers(queries: Span, slots: Span): boolean {
    const pieces = [
      { start: slots.start, end: Math.min(slots.end, this.#from) },
      { start: Math.max(slots.start, this.#from) + this.#count, end: slots.end + this.#count },
    ];
    return pieces.every((piece) => piece.start >= piece.end || covers(this.#pattern, queries, piece));
  }

  #slotOf(position: number): number {
    if (position <= this.#from) return position;
    return Math.max(this.#from, position - this.#count);
  }
}
