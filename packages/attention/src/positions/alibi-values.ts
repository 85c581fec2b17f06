import { add, cumsum, mul, reshape, sub, type Tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';

/**
 * The ALiBi bias: float32 [batch, heads, 1, keys], batch 1 where `attentionMask` is not given.
 *
 * @param slopes one for each head
 * @param attentionMask float32 [batch, keys]: only real tokens are counted, and padding gets 0
 * @param positions of the keys, without those that a KV cache evicted; may be omitted where `attentionMask` is given
 */
export function alibiValues(
  slopes: readonly number[],
  attentionMask: Tensor | undefined,
  positions: readonly number[],
): Tensor {
  return tidy(() => {
    const skipped = positions.map((position, slot) => position - slot); // evicted keys count as real tokens
    const inOrder = (given: Tensor) => (skipped.length ? add(cumsum(given, 1), tensor1d(skipped)) : cumsum(given, 1));
    const counted = attentionMask ? mul(sub(inOrder(attentionMask), 1), attentionMask) : tensor1d([...positions]);
    const [batch, keys] = attentionMask ? attentionMask.shape : [1, positions.length];
    return mul(reshape(tensor1d([...slopes]), [1, slopes.length, 1, 1]), reshape(counted, [batch!, 1, 1, keys!]));
  });
}
