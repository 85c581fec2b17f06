import { attentionWeights, type BigBirdOptions, bigBirdWeights, chosenBlocks, type Pattern } from '@sequitur/attention';
import {
  mul,
  notEqual,
  reshape,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor,
  where,
} from '@tensorflow/tfjs-core';

/** BigBird's attention maps as Hugging Face returns them: [batch, heads, length, length]. */
export function bigBirdMaps(
  query: Tensor4D,
  key: Tensor4D,
  options: BigBirdOptions & { readonly attentionMask: Tensor2D },
): Tensor {
  const { attentionMask, random, blockSize, scale } = options;
  const real = reshape(notEqual(attentionMask, 0), [attentionMask.shape[0], 1, attentionMask.shape[1], 1]);
  const padding = { pattern: seenByPadding(random[0]!.length + 2, blockSize), attentionMask, scale, offset: 0 };
  const ofPadding = mul(attentionWeights(query, key, padding), notDrawn(random, blockSize));
  return where(real, bigBirdWeights(query, key, options), ofPadding);
}

/**
 * The pattern of padding queries, whose output is unused. By Hugging Face's masks they attend to no random block, and
 * to their neighbours only in the second block and the last but one.
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

/**
 * 0 at randomly drawn blocks of keys: Hugging Face overwrites the weights there with those of the random block, which
 * are 0 for padding.
 */
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
