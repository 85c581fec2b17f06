import { concat, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { ResolvedOptions } from '../options.js';
import { type AttentionInputs, weightsReference } from './forward.js';
import { ofBlock, queryBlocks } from './query-blocks.js';

/** Maximum number of scores that are computed at once, unless one query has more. */
const MOST_SCORES = 2 ** 21;

/**
 * Attention weights, a few queries at a time: no other array is as large as the result.
 *
 * @returns [batch, heads, queries, keyLength]
 */
export function weightsByBlocks(
  inputs: Omit<AttentionInputs, 'value'>,
  options: ResolvedOptions,
  mostScores = MOST_SCORES,
): Tensor4D {
  const parts = queryBlocks(inputs.query, options.keyLength, mostScores).map((block) =>
    tidy(() => {
      const placed = { ...options, offset: options.offset + block.start };
      return weightsReference(ofBlock(inputs, block), placed).weights;
    }),
  );
  return parts.length === 1 ? parts[0]! : (concat(parts, 2) as Tensor4D);
}
