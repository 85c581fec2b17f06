export interface Range {
  readonly from: number;
  readonly count: number;
}

/**
 * Divides 0 to `count` into at most `parts` ranges that begin at multiples of `together`. A shorter remainder joins the
 * last range.
 */
export function ranges(count: number, parts: number, together = 1): readonly Range[] {
  const step = Math.max(1, Math.ceil(Math.ceil(count / parts) / together)) * together;
  const whole = Math.floor(count / step);
  const rest = count - whole * step;
  const length = whole + (rest >= together || (whole === 0 && rest > 0) ? 1 : 0);
  return Array.from({ length }, (_, index) => {
    const from = index * step;
    return { from, count: index === length - 1 ? count - from : step };
  });
}
