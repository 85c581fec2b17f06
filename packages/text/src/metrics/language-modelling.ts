import { checkArgument, option } from '@sequitur/core';

const loss = option.kind('a loss in nats', (value) => typeof value === 'number');

/** Perplexity: e to the mean loss in nats. */
export function perplexity(meanLoss: number): number {
  checkArgument('perplexity, meanLoss', loss, meanLoss);
  return Math.exp(meanLoss);
}

/**
 * Bits per byte (or character), which is comparable between vocabularies.
 *
 * @param totalLoss the sum of all tokens' losses in nats
 * @param units number of bytes (or characters) of the text
 */
export function bitsPer(totalLoss: number, units: number): number {
  checkArgument('bitsPer, totalLoss', loss, totalLoss);
  checkArgument('bitsPer, units', option.positive, units);
  return totalLoss / Math.LN2 / units;
}
