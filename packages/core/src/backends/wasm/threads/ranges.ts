export interface Range {
  readonly from: number;
  readonly count: number;
}

/** 0 to `count` in at most `parts` ranges, each but the last a multiple of `together` long. */
export function ranges(count: number, parts: number, together = 1): readonly Range[] {
  const step = Math.max(1, Math.ceil(Math.ceil(count / parts) / together)) * together;
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => ({
    from: index * step,
    count: Math.min(step, count - index * step),
  }));
}
