interface HeadSizes {
  readonly headSize: number;
  readonly valueSize: number;
}

/** Operations for each pair of a query and a key that it sees, in one head: the score, and the value's share. */
export function attentionFlops({ headSize, valueSize }: HeadSizes): number {
  return 2 * (headSize + valueSize);
}

/** The same backwards: the score again, and what the weight, the value, the query and the key take from it. */
export function attentionGradientFlops({ headSize, valueSize }: HeadSizes): number {
  return 2 * (3 * headSize + 2 * valueSize);
}
