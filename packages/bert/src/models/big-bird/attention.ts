import {
  attention,
  attentionFlops,
  attentionGradientFlops,
  attentionWeights,
  bigBirdAttention,
  bigBirdWeights,
  emptyCache,
  full,
  type KeyValueCache,
  ProjectedAttention,
  type ProjectionOptions,
} from '@sequitur/attention';
import { linearFlops, type MixContext, type PartCost, Random, refuseResets, type SequenceMixer } from '@sequitur/core';
import { cast, reshape, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';

export interface BigBirdMixerOptions extends Omit<ProjectionOptions, 'sourceWidth' | 'keyHeads'> {
  readonly blockSize: number;
  /** Random blocks per block in training; outside of training block 0 is taken that often, as in Hugging Face. */
  readonly randomBlocks: number;
}

/** The random blocks of each block of queries except the first and the last, per head or one list for all. */
export type ChosenBlockIds = readonly (readonly (readonly number[])[])[];

/**
 * BigBird attention: blocks attend to the first block, the last, their neighbours and some random ones (Zaheer et al.
 * 2020, section 2); full attention where the sequence is short or not a multiple of the block size.
 *
 * Observable: `query` and `key` [batch, length, heads, headSize], `weights` [batch, heads, length, length].
 */
export class BigBirdMixer extends ProjectedAttention implements SequenceMixer<KeyValueCache> {
  readonly isCausal = false;
  readonly blockSize: number;
  readonly randomBlocks: number;
  /** Random blocks to use instead of drawn ones; default null. */
  chosen: ChosenBlockIds | null = null;

  constructor({ blockSize, randomBlocks, ...projections }: BigBirdMixerOptions) {
    super(projections);
    this.blockSize = blockSize;
    this.randomBlocks = randomBlocks;
  }

  /** No state: the sequence is read in one chunk. */
  initState(_batchSize: number): KeyValueCache {
    return emptyCache;
  }

  cost(length: number): PartCost {
    const projections = linearFlops(this, length);
    const pairs = this.heads * (isSparse(length, this) ? this.#sparsePairs(length) : length * length);
    return {
      flops: projections + pairs * attentionFlops(this),
      gradientFlops: 2 * projections + pairs * attentionGradientFlops(this),
      stateBytes: 0,
    };
  }

  /**
   * The first and the last block attend to all; those between to five blocks, one less next to the ends, and block 0
   * again.
   */
  #sparsePairs(length: number): number {
    const { blockSize } = this;
    return 2 * blockSize * length + (5 * (length / blockSize - 2) - 2) * blockSize * blockSize;
  }

  mix(x: Tensor3D, state: KeyValueCache, context: MixContext): { output: Tensor3D; state: KeyValueCache } {
    refuseResets('BigBirdMixer', context);
    const output = tidy(() => {
      const [batch, length] = x.shape;
      const [query, key, value] = [this.queriesOf(x), this.keysOf(x), this.valuesOf(x)];
      const attentionMask = context.attentionMask && (cast(context.attentionMask, 'float32') as Tensor2D);
      const { random, observe } = context;
      const dropout = random && this.dropout > 0 ? { rate: this.dropout, seed: random.next() } : undefined;
      const options = { scale: this.scale, attentionMask, dropout };
      observe?.('query', query);
      observe?.('key', key);
      if (!isSparse(length, this)) {
        const dense = { ...options, pattern: full() };
        observe?.('weights', attentionWeights(query, key, dense));
        return this.output.apply(reshape(attention(query, key, value, dense), [batch, length, -1]) as Tensor3D);
      }
      const blocks = { ...options, blockSize: this.blockSize, random: this.#drawn(length / this.blockSize, random) };
      observe?.('weights', bigBirdWeights(query, key, blocks));
      const mixed = bigBirdAttention(query, key, value, blocks);
      return this.output.apply(reshape(mixed, [batch, length, -1]) as Tensor3D);
    });
    return { output, state };
  }

  #drawn(blocks: number, random: Random | undefined): ChosenBlockIds {
    if (this.chosen) return this.chosen;
    if (!random) return firstBlocks(blocks, this.randomBlocks);
    const drawing = Random.fromSeed(random.next());
    return Array.from({ length: this.heads }, () =>
      Array.from({ length: blocks - 2 }, (_, index) => drawBlocks(index + 1, blocks, this.randomBlocks, drawing)),
    );
  }
}

/** Block 0, as often as blocks are drawn in training, for every block: the "random" blocks outside of training. */
export function firstBlocks(blocks: number, count: number): ChosenBlockIds {
  return [Array.from({ length: blocks - 2 }, () => new Array<number>(count).fill(0))];
}

/** Whether a sequence of whole blocks is long enough for sparse attention: more than 5 + 2 randomBlocks blocks. */
export function isSparse(
  length: number,
  { blockSize, randomBlocks }: { readonly blockSize: number; readonly randomBlocks: number },
): boolean {
  return length % blockSize === 0 && length > (5 + 2 * randomBlocks) * blockSize;
}

/** Different blocks that `block` does not attend to anyway. */
function drawBlocks(block: number, blocks: number, count: number, random: Random): number[] {
  const anyway = [0, block - 1, block, block + 1, blocks - 1];
  const others = Array.from({ length: blocks }, (_, other) => other).filter((other) => !anyway.includes(other));
  return Array.from({ length: Math.min(count, others.length) }, () => {
    const [drawn] = others.splice(random.integer(others.length), 1);
    return drawn!;
  });
}
