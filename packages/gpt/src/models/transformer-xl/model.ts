import type { TransformerXlState } from '@sequitur/attention';
import {
  type CausalModel,
  dropout,
  expectBatchSize,
  expectMasks,
  expectState,
  expectTokens,
  initialize,
  refuseResets,
  type StepContext,
  scoped,
  within,
} from '@sequitur/core';
import { type CheckpointLocation, loadPretrained, type ModelContext } from '@sequitur/pretrained';
import { type CompleteOptions, completeText, openTokenizer, type Tokenizer } from '@sequitur/text';
import { writerOf } from '@sequitur/transformer';
import { slice, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { buildTransformerXl } from './build.js';
import type { TransformerXlConfig } from './config.js';
import { transformerXlFamily } from './hugging-face.js';
import {
  type CreateTransformerXlOptions,
  checkCreating,
  checkLoading,
  type LoadTransformerXlOptions,
  PretrainedTransformerXl,
} from './pretrained-transformer-xl.js';

/** The state of each block. */
export type TransformerXlModelState = { readonly blocks: readonly TransformerXlState[] };

/**
 * Transformer-XL (Dai et al. 2019), a language model with segment recurrence: each segment attends to the cached
 * positions before it. Its logits are log-probabilities. The state is constant in the length.
 *
 * Observable: `embedding`, `blocks.<i>.output`, `blocks.<i>.mixer.weights`.
 */
export class TransformerXl
  extends PretrainedTransformerXl<TransformerXlConfig>
  implements CausalModel<TransformerXlModelState>
{
  static readonly families = [transformerXlFamily];
  readonly family = transformerXlFamily;

  /** A model without parameter values: `create` initialises them, `fromPretrained` loads them. */
  constructor(config: TransformerXlConfig, context: ModelContext<Tokenizer> = {}) {
    super(config, buildTransformerXl(config), context);
  }

  /** Creates a model with random parameters, to be trained. The caller disposes it. */
  static create(config: TransformerXlConfig, options: CreateTransformerXlOptions = {}): TransformerXl {
    const { seed = 0, tokenizer = null } = checkCreating('TransformerXl', config, options);
    return initialize(new TransformerXl(config, { tokenizer }), seed);
  }

  /**
   * Loads a pretrained model from a folder, a URL, files dropped on a page, or a Hugging Face repository. The caller
   * disposes it.
   *
   * @throws SequiturError where files are missing or corrupt, or the config has a setting that is not supported
   */
  static async fromPretrained(
    location: CheckpointLocation,
    given: LoadTransformerXlOptions = {},
  ): Promise<TransformerXl> {
    const { segmentLength, ...options } = checkLoading('TransformerXl', given);
    return loadPretrained(location, options, {
      families: TransformerXl.families,
      heads: ['languageModel'],
      openTokenizer,
      create: ({ config, ...context }) =>
        new TransformerXl({ ...config, ...(segmentLength && { segmentLength }) }, context),
    });
  }

  /** Completes a prompt, piece by piece, by the settings of its `generation_config.json` and the options. */
  complete(prompt: string, options?: CompleteOptions): AsyncGenerator<string> {
    return completeText(writerOf(this), prompt, options);
  }

  initState(batchSize: number): TransformerXlModelState {
    expectBatchSize('TransformerXl', batchSize);
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

/** The last position of x: [batch, length, width] -> [batch, 1, width]. */
function lastPosition(x: Tensor3D): Tensor3D {
  const [batch, length, width] = x.shape;
  return slice(x, [0, length - 1, 0], [batch, 1, width]);
}
