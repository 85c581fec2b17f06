import { SequiturError, showValue } from '@sequitur/core';
import {
  concat,
  exp,
  expandDims,
  mul,
  neg,
  slice,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import type { TensorBias } from '../ops/scaled-dot-product/bias/score-bias.js';
import { type AttentionOptions, attention, attentionWeights } from '../ops/scaled-dot-product/index.js';
import { chosenBlocks, full, type Pattern } from '../patterns/index.js';

export interface BigBirdOptions extends Pick<AttentionOptions, 'scale' | 'dropout'> {
  readonly blockSize: number;
  /**
   * [heads or 1][blocks - 2][drawn]: the random blocks of each block except the first and the last. A block that is
   * drawn twice, or is visible without being drawn, counts repeatedly.
   */
  readonly random: readonly (readonly (readonly number[])[])[];
  /** Padding mask, float32 [batch, length], 0 at padding; padding neither attends nor is attended to. */
  readonly attentionMask?: Tensor2D | undefined;
}

/**
 * BigBird attention (Zaheer et al. 2020, section 2; blocks as in appendix D): each block attends to the first and the
 * last block, its neighbours and some random blocks; the first and the last attend to all. Time and memory are linear
 * in the length.
 *
 * @param query, key, value float32 [batch, length, heads, headSize], the length a multiple of the block size and at
 *   least three blocks
 * @returns float32 [batch, length, heads, headSize], zeros at padding; the caller disposes it
 */
export function bigBirdAttention(query: Tensor4D, key: Tensor4D, value: Tensor4D, options: BigBirdOptions): Tensor4D {
  const { blockSize, attentionMask, dropout } = options;
  const [, length] = query.shape;
  const blocks = length / blockSize;
  if (!Number.isInteger(blocks) || blocks < 3) {
    throw new SequiturError({
      where: 'bigBirdAttention',
      expected: `a length of at least 3 whole blocks of ${blockSize}`,
      got: String(length),
    });
  }
  expectDrawn(options.random, query.shape[2], blocks);
  return tidy(() => {
    const outputs = partsOf(query, options).map(({ part, ...given }, index) =>
      attention(part, key, value, { ...given, dropout: forPart(dropout, index) }),
    );
    const all = concat(outputs, 1);
    return attentionMask ? mul(all, expandDims(expandDims(attentionMask, -1), -1)) : all;
  });
}

function expectDrawn(random: BigBirdOptions['random'], heads: number, blocks: number): void {
  const fits = (ofHead: readonly (readonly number[])[]) =>
    ofHead.length === blocks - 2 &&
    ofHead.flat().every((block) => Number.isInteger(block) && block >= 0 && block < blocks);
  if ((random.length === 1 || random.length === heads) && random.every(fits)) return;
  throw new SequiturError({
    where: 'bigBirdAttention, random',
    expected: `for one head, or for each of ${heads}, ${blocks - 2} lists of blocks from 0 to ${blocks - 1}`,
    got: showValue(random),
  });
}

/**
 * The attention weights of `bigBirdAttention`, for inspection: float32 [batch, heads, length, length]; the caller
 * disposes them. For a key that is drawn several times they show the weight of one copy, as in Hugging Face.
 */
export function bigBirdWeights(query: Tensor4D, key: Tensor4D, options: BigBirdOptions): Tensor4D {
  return tidy(() => {
    const parts = partsOf(query, options).map(({ part, ...given }) => {
      const weights = attentionWeights(part, key, given);
      return given.bias ? mul(weights, exp(neg(given.bias.values))) : weights;
    });
    return concat(parts, 2) as Tensor4D;
  });
}

/** The first block of queries, those between, and the last, each with the keys that it attends to. */
function partsOf(query: Tensor4D, options: BigBirdOptions) {
  const { blockSize, random, scale, attentionMask } = options;
  const length = query.shape[1];
  const blocks = length / blockSize;
  const part = (offset: number, count: number, pattern: Pattern | readonly Pattern[], bias?: TensorBias) => ({
    part: slice(query, [0, offset, 0, 0], [-1, count, -1, -1]) as Tensor4D,
    ...{ offset, pattern, bias, scale, attentionMask },
  });
  return [
    part(0, blockSize, full()),
    part(blockSize, length - 2 * blockSize, bigBirdPatterns(options, blocks), repetitions(random, blocks, blockSize)),
    part(length - blockSize, blockSize, full()),
  ];
}

/** The patterns of the blocks between the first and the last, one per head or one for all. */
export function bigBirdPatterns({ blockSize, random }: BigBirdOptions, blocks: number): readonly Pattern[] {
  return random.map((ofHead) =>
    chosenBlocks({
      blockSize,
      chosen: Array.from({ length: blocks }, (_, block) =>
        block === 0 || block === blocks - 1 ? [] : [...new Set([...seenAnyway(block, blocks), ...ofHead[block - 1]!])],
      ),
    }),
  );
}

/** The blocks that a block between the first and the last attends to without random ones. */
function seenAnyway(block: number, blocks: number): readonly number[] {
  return [...new Set([0, block - 1, block, block + 1, blocks - 1])];
}

/** The bias of repeated keys: log n on the scores of keys that are drawn n times. Undefined where none is repeated. */
function repetitions(random: BigBirdOptions['random'], blocks: number, blockSize: number): TensorBias | undefined {
  const counts = random.map((ofHead) => ofHead.map((drawn, index) => countsOf(drawn, index + 1, blocks)));
  if (counts.flat(2).every((count) => count <= 1)) return undefined;
  const uniform = counts.every((ofHead) => ofHead.every((row) => row.every((count, i) => count === ofHead[0]![i])));
  const rows = counts.map((ofHead) =>
    uniform ? [ofHead[0]!] : ofHead.flatMap((row) => new Array(blockSize).fill(row)),
  );
  const logs = rows
    .flat(1)
    .flatMap((row: number[]) => row.flatMap((count) => new Array(blockSize).fill(Math.log(count))));
  const values: Tensor = tensor(logs, [1, random.length, rows[0]!.length, blocks * blockSize], 'float32');
  return { kind: 'tensor', values };
}

/** The number of times that each block is among those that `block` attends to; 1 for all others. */
function countsOf(drawn: readonly number[], block: number, blocks: number): number[] {
  const counts = new Array<number>(blocks).fill(0);
  for (const seen of [...seenAnyway(block, blocks), ...drawn]) counts[seen]!++;
  return counts.map((count) => Math.max(1, count));
}

function forPart(dropout: BigBirdOptions['dropout'], index: number): BigBirdOptions['dropout'] {
  return dropout && { ...dropout, seed: (dropout.seed + index * 0x9e3779b9) % 2 ** 32 };
}
