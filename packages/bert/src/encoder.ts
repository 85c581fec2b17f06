import { full, MultiHeadAttention } from '@sequitur/attention';
import {
  activationByName,
  costOfParts,
  type EncodeContext,
  type Encoder,
  expectEncoded,
  FeedForward,
  LayerNorm,
  linearFlops,
  Module,
  type Norm,
  normal,
  type PartCost,
  type SequenceMixer,
  SequiturError,
} from '@sequitur/core';
import { type Block, EncoderStack, PostNormBlock } from '@sequitur/transformer';
import { type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import type { BertConfig } from './config.js';
import { BertEmbedding, type BertEmbeddingOptions } from './embedding.js';
import { RelativeKeyAttention } from './relative-key-attention.js';

/** The context of an encoder. */
export interface BertContext extends EncodeContext {
  /** The positions of the global tokens of each row, for models with global attention. */
  readonly globals?: readonly (readonly number[])[] | undefined;
}

export interface BertEncoderOptions extends BertEmbeddingOptions {
  /** The attention of layer `index`; default full self-attention. */
  readonly mixer?: (index: number) => SequenceMixer;
  /** Layer `index` in place of a post-norm block. */
  readonly block?: (index: number) => Block;
  /** The norm of the last layer's output; default none. */
  readonly norm?: Norm;
  /** The block of each pass, where blocks are passed several times; default each of `depth` blocks once. */
  readonly passes?: readonly number[];
}

/**
 * BERT's encoder (Devlin et al. 2019, section 3): embedding and post-norm blocks with bidirectional attention.
 *
 * Observable: `embedding`, `blocks.<i>.output`, `blocks.<i>.mixer.weights`.
 */
export class BertEncoder extends Module implements Encoder {
  readonly embedding: BertEmbedding;
  readonly stack: EncoderStack;
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly width: number;

  constructor(config: BertConfig, options: BertEncoderOptions = {}) {
    super();
    checkHeads(config);
    const { mixer = () => bertAttention(config, options) } = options;
    this.embedding = new BertEmbedding(config, options);
    const { passes = Array.from({ length: config.depth }, (_, index) => index) } = options;
    const { block = (index: number) => bertBlock(config, mixer(index)), norm } = options;
    const blocks = Array.from({ length: Math.max(...passes) + 1 }, (_, index) => block(index));
    this.stack = new EncoderStack(
      passes.map((place) => blocks[place]!),
      norm,
    );
    this.vocabularySize = config.vocabularySize;
    this.contextLength = config.contextLength;
    this.width = config.width;
  }

  /** Cost of `length` tokens of one sequence. */
  cost(length: number): PartCost {
    const parts = this.stack.blocks.map((block) => costOfParts(block, length));
    const { project } = this.embedding;
    const sum = (of: (part: PartCost) => number) => parts.reduce((total, part) => total + of(part), 0);
    const projection = project ? linearFlops(project, length) : 0;
    return {
      flops: sum(({ flops }) => flops) + projection,
      gradientFlops: sum(({ gradientFlops }) => gradientFlops) + 2 * projection,
      stateBytes: 0,
    };
  }

  encode(tokens: Tensor2D, context: BertContext = {}): Tensor3D {
    expectEncoded('an encoder', tokens, context);
    return tidy(() => {
      const x = this.embedding.apply(tokens, context);
      context.observe?.('embedding', x);
      const { tokenTypes, positions, ...mixing } = context;
      // Where positions are not embedded, attention has them.
      return this.stack.apply(x, this.embedding.positions ? mixing : { ...mixing, positions });
    });
  }
}

function bertBlock(config: BertConfig, mixer: SequenceMixer) {
  const { width, hiddenWidth = 4 * width, normEpsilon = 1e-12, initializerRange = 0.02, dropout = 0 } = config;
  const drawn = { initializer: normal(initializerRange) };
  return new PostNormBlock({
    mixer,
    mixerNorm: new LayerNorm(width, { epsilon: normEpsilon }),
    feedForward: new FeedForward({
      width,
      hiddenWidth,
      activation: activationByName(config.activation ?? 'gelu'),
      dropout,
      up: drawn,
      down: drawn,
    }),
    feedForwardNorm: new LayerNorm(width, { epsilon: normEpsilon }),
    dropout,
  });
}

function bertAttention(config: BertConfig, { skipsPadding }: BertEncoderOptions) {
  const { width, heads, contextLength, positions = 'absolute', initializerRange = 0.02 } = config;
  const drawn = { initializer: normal(initializerRange) };
  const options = { width, heads, dropout: config.attentionDropout ?? 0, input: drawn, output: drawn };
  if (positions === 'absolute') return new MultiHeadAttention({ ...options, pattern: full() });
  // As many distances as rows of the position table, used or not.
  const rows = contextLength + (skipsPadding ? (config.paddingToken ?? 0) + 1 : 0);
  return new RelativeKeyAttention({ ...options, contextLength: rows, comparesKeys: positions === 'relativeKeyQuery' });
}

function checkHeads({ width, heads }: BertConfig): void {
  if (width % heads === 0) return;
  throw new SequiturError({
    where: 'BERT config',
    expected: 'a width that the number of heads divides',
    got: `width ${width} and ${heads} heads`,
  });
}
