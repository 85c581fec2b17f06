import type { TransformerXlState } from '@sequitur/attention';
import {
  type CausalModel,
  dropout,
  expectMasks,
  expectState,
  expectTokens,
  initialize,
  Module,
  type Parameter,
  refuseResets,
  type StepContext,
  scoped,
  within,
} from '@sequitur/core';
import {
  type CheckpointLocation,
  type CheckpointMetadata,
  type FileSink,
  type LoadPretrainedOptions,
  loadPretrained,
  type ModelContext,
  type PretrainedModel,
  type SaveOptions,
  savePretrained,
} from '@sequitur/pretrained';
import { type CompleteOptions, completeText, openTokenizer, type Tokenizer } from '@sequitur/text';
import { endTokensOf } from '@sequitur/transformer';
import { slice, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import type { AdaptiveEmbedding } from './adaptive-embedding.js';
import type { AdaptiveSoftmax } from './adaptive-softmax.js';
import type { TransformerXlBlock } from './blocks.js';
import type { TransformerXlConfig } from './config.js';
import { transformerXlFamily } from './hugging-face.js';

/** The state of each block. */
export type TransformerXlModelState = { readonly blocks: readonly TransformerXlState[] };

export interface LoadTransformerXlOptions extends LoadPretrainedOptions<typeof transformerXlFamily, Tokenizer> {
  /** Positions per segment, after which it joins the cache; default as in the config. */
  readonly segmentLength?: number;
}

interface CreateOptions {
  readonly seed?: number | string;
  readonly tokenizer?: Tokenizer | null;
}

/**
 * Transformer-XL (Dai et al. 2019), a language model with segment recurrence: each segment attends to the cached
 * positions before it. Its logits are log-probabilities. The state is constant in the length.
 *
 * Observable: `embedding`, `blocks.<i>.output`, `blocks.<i>.mixer.weights`.
 */
export class TransformerXl extends Module implements CausalModel<TransformerXlModelState>, PretrainedModel {
  static readonly families = [transformerXlFamily];
  readonly embedding: AdaptiveEmbedding;
  readonly blocks: readonly TransformerXlBlock[];
  readonly head: AdaptiveSoftmax;
  readonly frequencies: Parameter; // [width / 2]
  readonly config: TransformerXlConfig;
  readonly family = transformerXlFamily;
  readonly headKind = 'languageModel';
  readonly tokenizer: Tokenizer | null;
  /** Metadata of its checkpoint, for saving in the same form. */
  readonly metadata: CheckpointMetadata;
  readonly contextLength = Number.POSITIVE_INFINITY;

  /** A model without parameter values: `create` initialises them, `fromPretrained` loads them. */
  constructor(config: TransformerXlConfig, { tokenizer = null, metadata = {} }: ModelContext<Tokenizer> = {}) {
    super();
    const { embedding, blocks, head, frequencies } = this.family.build(config, this.headKind);
    this.embedding = embedding;
    this.blocks = blocks;
    this.head = head;
    this.frequencies = frequencies;
    this.config = config;
    this.tokenizer = tokenizer;
    this.metadata = metadata;
  }

  /** Creates a model with random parameters, to be trained. The caller disposes it. */
  static create(config: TransformerXlConfig, { seed = 0, tokenizer = null }: CreateOptions = {}): TransformerXl {
    return initialize(new TransformerXl(config, { tokenizer }), seed);
  }

  /**
   * Loads a pretrained model from a folder, a URL, files dropped on a page, or a Hugging Face repository. The caller
   * disposes it.
   *
   * @throws SequiturError where files are missing or corrupt, or the config has a setting that is not supported
   */
  static fromPretrained(location: CheckpointLocation, options: LoadTransformerXlOptions = {}): Promise<TransformerXl> {
    const { segmentLength } = options;
    return loadPretrained(location, options, {
      families: TransformerXl.families,
      heads: ['languageModel'],
      openTokenizer,
      create: ({ config, ...context }) =>
        new TransformerXl({ ...config, ...(segmentLength && { segmentLength }) }, context),
    });
  }

  /** Saves a folder (or files) that the original code reads, tokenizer included. */
  savePretrained(location: string | FileSink, options?: SaveOptions): Promise<void> {
    return savePretrained(this, location, options);
  }

  get vocabularySize(): number {
    return this.config.vocabularySize;
  }

  /** The end tokens. */
  get endTokens(): readonly number[] {
    return endTokensOf(this);
  }

  /** Completes a prompt, piece by piece. */
  complete(prompt: string, options?: CompleteOptions): AsyncGenerator<string> {
    const { tokenizer, endTokens } = this;
    return completeText({ model: this, tokenizer, endTokens }, prompt, options);
  }

  initState(batchSize: number): TransformerXlModelState {
    return { blocks: this.blocks.map((block) => block.initState(batchSize)) };
  }

  step(tokens: Tensor2D, state: TransformerXlModelState, context: StepContext = {}) {
    expectTokens('TransformerXl', tokens);
    expectMasks('TransformerXl', context, { batch: tokens.shape[0], length: tokens.shape[1] });
    expectState('TransformerXl', state, tokens.shape[0], this.blocks.length);
    refuseResets('TransformerXl', context);
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
