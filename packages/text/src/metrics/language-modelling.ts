/** How many equally likely tokens a model is as unsure between: e to the mean loss in nats. */
export function perplexity(meanLoss: number): number {
  return Math.exp(meanLoss);
}

/**
 * Bits a byte (or character) of text costs, which compares models with different vocabularies.
 *
 * @param totalLoss the sum of all tokens' losses in nats
 * @param units how many bytes (or characters) the tokens spell
 */
export function bitsPer(totalLoss: number, units: number): number {
  return totalLoss / Math.LN2 / units;
}
