/** A half-open range of positions: from `start` to, but not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}
