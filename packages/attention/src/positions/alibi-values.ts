import { add, cumsum, mul, reshape, sub, type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';

/**
 * The bias by ALiBi: float32 [batch, heads, 1, keys], batch 1 where `attentionMask` is not given.
 *
 * @param slopes one for each head
 * @param visible float32 [batch, keys]: keys are counted over what is visible, and padding gets 0
 * @param positions of the keys, which skip those that a memory forgot; with `attentionMask` they may be left out
 */
export function alibiValues(
  slopes: readonly number[],
  attentionMask: Tensor | undefined,
  positions: readonly number[],
): Tensor {
  return tidy(() => {
    const skipped = positions.map((position, slot) => position - slot); // forgotten keys count as visible ones
    const inOrder = (given: Tensor) => (skipped.length ? add(cumsum(given, 1), tensor1d(skipped)) : cumsum(given, 1));
    const counted = attentionMask ? mul(sub(inOrder(attentionMask), 1), attentionMask) : tensor1d([...positions]);
    const [batch, keys] = attentionMask ? attentionMask.shape : [1, positions.length];
    return mul(reshape(tensor1d([...slopes]), [1, slopes.length, 1, 1]), reshape(counted, [batch!, 1, 1, keys!]));
  });
}
