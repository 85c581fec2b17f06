/** Perplexity: e to the mean loss in nats. */
export function perplexity(meanLoss: number): number {
  return Math.exp(meanLoss);
}

/**
 * Bits per byte (or character), which is comparable between vocabularies.
 *
 * @param totalLoss the sum of all tokens' losses in nats
 * @param units number of bytes (or characters) of the text
 */
export function bitsPer(totalLoss: number, units: number): number {
  return totalLoss / Math.LN2 / units;
}
