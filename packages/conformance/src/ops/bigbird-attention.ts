import {
  attentionWeights,
  type BigBirdOptions,
  bigBirdAttention,
  bigBirdWeights,
  chosenBlocks,
  type Pattern,
} from '@sequitur/attention';
import { cast, mul, notEqual, reshape, type Tensor, type Tensor2D, tensor, where } from '@tensorflow/tfjs-core';
import type { Operation } from './operation.js';
import { joined, projected } from './projections.js';

/** BigBirdBlockSparseAttention. */
export const bigbirdAttentionCases: Operation = async (given) => {
  const heads = given.attribute<number>('num_heads')!;
  const blockSize = given.attribute<number>('block_size')!;
  given.attribute('num_random_blocks'); // as many as `rand_attn` has
  const hidden = given.input('hidden');
  const visible = cast(given.input('attention_mask'), 'float32') as Tensor2D;
  const [query, key, value] = ['query', 'key', 'value'].map((layer) => projected(given, hidden, layer, heads));
  const drawn = given.input('rand_attn');
  const [, middle, count] = drawn.shape as [number, number, number];
  const ids = [...(await drawn.data())];
  const random = Array.from({ length: heads }, (_, head) =>
    Array.from({ length: middle }, (_, block) =>
      ids.slice((head * middle + block) * count, (head * middle + block + 1) * count),
    ),
  );
  const options = { blockSize, random, visible };
  const context = joined(bigBirdAttention(query!, key!, value!, options));
  const real = reshape(notEqual(visible, 0), [visible.shape[0], 1, visible.shape[1], 1]);
  const padding = { pattern: seenByPadding(middle + 2, blockSize), visible, offset: 0 };
  const ofPadding = mul(attentionWeights(query!, key!, padding), notDrawn(random, blockSize));
  const attn = where(real, bigBirdWeights(query!, key!, options), ofPadding);
  return { context, attn };
};

/**
 * What is compared in the rows of padding, whose output counts nowhere: by Hugging Face's masks they see no random block,
 * and their neighbours only in the second block and the last but one.
 */
function seenByPadding(blocks: number, blockSize: number): Pattern {
  const all = Array.from({ length: blocks }, (_, block) => block);
  const chosen = all.map((block) => {
    if (block === 0 || block === blocks - 1) return all;
    if (block === 1 || block === blocks - 2) return [...new Set([0, block - 1, block, block + 1, blocks - 1])];
    return [0, blocks - 1];
  });
  return chosenBlocks({ blockSize, chosen });
}

/** 0 where a block of keys was drawn: its weights, which are none for padding, are written over whatever stood there. */
function notDrawn(random: BigBirdOptions['random'], blockSize: number): Tensor {
  const blocks = random[0]!.length + 2;
  const length = blocks * blockSize;
  const cells = random.flatMap((ofHead) =>
    Array.from({ length: length * length }, (_, index) => {
      const [query, key] = [Math.floor(index / length / blockSize), Math.floor((index % length) / blockSize)];
      return ofHead[query - 1]?.includes(key) ? 0 : 1;
    }),
  );
  return tensor(cells, [1, random.length, length, length], 'float32');
}
