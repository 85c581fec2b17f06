import type { TransformerXlState } from '@sequitur/attention';
import {
  type CausalModel,
  dropout,
  initialize,
  Module,
  type Parameter,
  type StepContext,
  scoped,
  within,
} from '@sequitur/core';
import { slice, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { AdaptiveEmbedding } from './adaptive-embedding.js';
import { AdaptiveSoftmax } from './adaptive-softmax.js';
import { type TransformerXlBlock, transformerXlBlocks } from './blocks.js';
import type { TransformerXlConfig } from './config.js';
import { storedFrequencies } from './stored-frequencies.js';

/** What each block remembers. */
export type TransformerXlModelState = { readonly blocks: readonly TransformerXlState[] };

/**
 * Transformer-XL (Dai et al. 2019): segments of a text one after another, each seeing the last positions before it. Its logits
 * are log-probabilities. The state is constant in the length of the text.
 *
 * Observable: `embedding`, `blocks.<i>.output`, `blocks.<i>.mixer.weights`.
 */
export class TransformerXl extends Module implements CausalModel<TransformerXlModelState> {
  readonly embedding: AdaptiveEmbedding;
  readonly blocks: readonly TransformerXlBlock[];
  readonly head: AdaptiveSoftmax;
  readonly frequencies: Parameter; // [width / 2]
  readonly config: TransformerXlConfig;
  readonly contextLength = Number.POSITIVE_INFINITY;

  /** A model without values: `create` draws them. */
  constructor(config: TransformerXlConfig) {
    super();
    this.embedding = new AdaptiveEmbedding(config);
    this.blocks = transformerXlBlocks(config);
    this.head = new AdaptiveSoftmax(config, this.embedding);
    this.frequencies = storedFrequencies(config.width);
    this.config = config;
  }

  /** A model with drawn values, to be trained. The caller disposes it. */
  static create(config: TransformerXlConfig, { seed = 0 }: { seed?: number | string } = {}): TransformerXl {
    return initialize(new TransformerXl(config), seed);
  }

  get vocabularySize(): number {
    return this.config.vocabularySize;
  }

  initState(batchSize: number): TransformerXlModelState {
    return { blocks: this.blocks.map((block) => block.initState(batchSize)) };
  }

  step(tokens: Tensor2D, state: TransformerXlModelState, context: StepContext = {}) {
    return scoped(() => {
      const { dropout: rate = 0 } = this.config;
      let x = dropout(this.embedding.apply(tokens), rate, context.random);
      context.observe?.('embedding', x);
      const blocks = this.blocks.map((block, index) => {
        const { output, state: next } = block.apply(x, state.blocks[index]!, within(context, `blocks.${index}`));
        x = output;
        return next;
      });
      const hidden = dropout(context.logits === 'last' ? lastPosition(x) : x, rate, context.random);
      return { logits: this.head.apply(hidden), state: { blocks } };
    });
  }
}

/** x [batch, length, width] -> [batch, 1, width]. */
function lastPosition(x: Tensor3D): Tensor3D {
  const [batch, length, width] = x.shape;
  return slice(x, [0, length - 1, 0], [batch, 1, width]);
}
