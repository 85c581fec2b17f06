import { SequiturError } from '@sequitur/core';
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
import { chosenBlocks, full, type Pattern } from '../patterns/index.js';
import type { TensorBias } from '../positions/score-bias.js';
import { type AttentionOptions, attention, attentionWeights } from '../scaled-dot-product/index.js';

export interface BigBirdOptions extends Pick<AttentionOptions, 'scale' | 'dropout'> {
  readonly blockSize: number;
  /**
   * [heads or 1][blocks - 2][drawn]: which blocks each block but the first and the last sees by chance. A block that is
   * drawn twice, or seen anyway, counts as often.
   */
  readonly random: readonly (readonly (readonly number[])[])[];
  /** float32 [batch, length], 0 at padding, which sees nothing and is not seen. */
  readonly attentionMask?: Tensor2D | undefined;
}

/**
 * Attention of blocks to the first and the last block, their neighbours and some drawn by chance; the first and the last
 * see all (Zaheer et al. 2020, section 2; in blocks as in its appendix D). Time and memory grow with the length.
 *
 * @param query, key, value float32 [batch, length, heads, headSize], the length a multiple of the block size and at least
 *   three blocks
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
    got: JSON.stringify(random).slice(0, 100),
  });
}

/**
 * The weights of `bigBirdAttention`, to be looked at: float32 [batch, heads, length, length]; the caller disposes them. Of
 * a key that comes several times they show what one of its copies takes, as Hugging Face does.
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

/** The first block of queries, those between, and the last, each with what it sees. */
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

/** What the blocks between the first and the last see, one pattern per head or one for all. */
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

/** The blocks that a block between the first and the last sees without chance. */
function seenAnyway(block: number, blocks: number): readonly number[] {
  return [...new Set([0, block - 1, block, block + 1, blocks - 1])];
}

/** Keys that come n times weigh n times as much: log n on their scores. Undefined where all come once. */
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

/** How often each block is among those that `block` sees; 1 for those that it does not see at all. */
function countsOf(drawn: readonly number[], block: number, blocks: number): number[] {
  const counts = new Array<number>(blocks).fill(0);
  for (const seen of [...seenAnyway(block, blocks), ...drawn]) counts[seen]!++;
  return counts.map((count) => Math.max(1, count));
}

function forPart(dropout: BigBirdOptions['dropout'], index: number): BigBirdOptions['dropout'] {
  return dropout && { ...dropout, seed: (dropout.seed + index * 0x9e3779b9) % 2 ** 32 };
}
