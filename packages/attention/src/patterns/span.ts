/** A half-open range of keys, from `start` up to but not `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}
