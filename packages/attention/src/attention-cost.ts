interface HeadSizes {
  readonly headSize: number;
  readonly valueSize: number;
}

/** Forward operations per visible query-key pair and head: the score, and the weighted sum of values. */
export function attentionFlops({ headSize, valueSize }: HeadSizes): number {
  return 2 * (headSize + valueSize);
}

/**
 * Backward operations per visible query-key pair and head: the score again, and the gradients of weight, value, query
 * and key.
 */
export function attentionGradientFlops({ headSize, valueSize }: HeadSizes): number {
  return 2 * (3 * headSize + 2 * valueSize);
}
