import { expectEncoded, expectPadding, normal, type PartCost } from '@sequitur/core';
import { ones, pad, slice, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import { type BertContext, BertEncoder } from '../../encoder.js';
import { BigBirdMixer } from './attention.js';
import type { BigBirdConfig } from './config.js';

/**
 * BigBird's encoder: BERT with sparse attention, whose sequences are padded to whole blocks. Observed values include
 * that padding.
 */
export class BigBirdEncoder extends BertEncoder {
  readonly #blockSize: number;
  readonly #sparseFrom: number;
  readonly #padding: number;

  constructor(config: BigBirdConfig) {
    const { width, heads, blockSize, randomBlocks, sparse = true, attentionDropout: dropout = 0 } = config;
    const drawn = { initializer: normal(config.initializerRange ?? 0.02) };
    const input = { ...drawn, bias: config.attentionBias ?? true };
    // With so large a block no sequence is long enough for sparse attention.
    const size = sparse ? blockSize : Number.MAX_SAFE_INTEGER;
    super(config, {
      scale: config.rescalesEmbedding ? Math.sqrt(width) : 1,
      mixer: () => new BigBirdMixer({ width, heads, dropout, input, output: drawn, blockSize: size, randomBlocks }),
    });
    this.#blockSize = blockSize;
    this.#sparseFrom = sparse ? (5 + 2 * randomBlocks) * blockSize + 1 : Number.POSITIVE_INFINITY;
    this.#padding = config.paddingToken ?? 0;
  }

  override cost(length: number): PartCost {
    return super.cost(length + this.#missing(length));
  }

  /** Padding of the last block. */
  #missing(length: number): number {
    return length >= this.#sparseFrom ? (this.#blockSize - (length % this.#blockSize)) % this.#blockSize : 0;
  }

  override encode(tokens: Tensor2D, context: BertContext = {}): Tensor3D {
    expectEncoded('BigBird', tokens, context);
    const [batch, length] = tokens.shape;
    const { attentionMask } = context;
    if (attentionMask && length >= this.#sparseFrom) expectPadding('BigBird, sparse attention', attentionMask, 'after');
    const missing = this.#missing(length);
    if (missing === 0) return super.encode(tokens, context);
    return tidy(() => {
      const filled = (x: Tensor2D, value: number) =>
        pad(
          x,
          [
            [0, 0],
            [0, missing],
          ],
          value,
        ) as Tensor2D;
      const { tokenTypes, positions } = context;
      const hidden = super.encode(filled(tokens, this.#padding), {
        ...context,
        attentionMask: filled(attentionMask ?? (ones([batch, length], 'int32') as Tensor2D), 0),
        tokenTypes: tokenTypes && filled(tokenTypes, 0),
        positions: positions && filled(positions, this.#padding),
      });
      return slice(hidden, [0, 0, 0], [batch, length, -1]);
    });
  }
}
