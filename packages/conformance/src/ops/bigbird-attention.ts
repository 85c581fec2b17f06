import { bigBirdAttention } from '@sequitur/attention';
import { cast, type Tensor2D } from '@tensorflow/tfjs-core';
import { bigBirdMaps } from '../big-bird-maps.js';
import type { Operation } from './operation.js';
import { joined, projected } from './projections.js';

/** BigBirdBlockSparseAttention. */
export const bigbirdAttentionCases: Operation = async (given) => {
  const heads = given.attribute<number>('num_heads')!;
  const blockSize = given.attribute<number>('block_size')!;
  given.attribute('num_random_blocks'); // the number of random blocks in `rand_attn`
  const hidden = given.input('hidden');
  const attentionMask = cast(given.input('attention_mask'), 'float32') as Tensor2D;
  const [query, key, value] = ['query', 'key', 'value'].map((layer) => projected(given, hidden, layer, heads));
  const drawn = given.input('rand_attn');
  const [, middle, count] = drawn.shape as [number, number, number];
  const ids = [...(await drawn.data())];
  const random = Array.from({ length: heads }, (_, head) =>
    Array.from({ length: middle }, (_, block) =>
      ids.slice((head * middle + block) * count, (head * middle + block + 1) * count),
    ),
  );
  const options = { blockSize, random, attentionMask };
  const context = joined(bigBirdAttention(query!, key!, value!, options));
  return { context, attn: bigBirdMaps(query!, key!, options) };
};
