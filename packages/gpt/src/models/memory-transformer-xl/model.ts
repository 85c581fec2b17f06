import { readSegments, refuseMasks, type TransformerXlState } from '@sequitur/attention';
import {
  type CausalModel,
  dropout,
  expectBatchSize,
  expectMasks,
  expectState,
  expectTokens,
  initialize,
  type MixContext,
  type Parameter,
  type StepContext,
  scoped,
  within,
} from '@sequitur/core';
import { type CheckpointLocation, loadPretrained, type ModelContext } from '@sequitur/pretrained';
import { type CompleteOptions, completeText, openTokenizer, type Tokenizer } from '@sequitur/text';
import { writerOf } from '@sequitur/transformer';
import { add, concat, type Tensor2D, type Tensor3D, zeros } from '@tensorflow/tfjs-core';
import {
  type CreateTransformerXlOptions,
  checkCreating,
  checkLoading,
  type LoadTransformerXlOptions,
  PretrainedTransformerXl,
} from '../transformer-xl/pretrained-transformer-xl.js';
import { buildMemoryTransformerXl } from './build.js';
import type { MemoryTransformerXlConfig } from './config.js';
import { memoryTransformerXlFamily } from './hugging-face.js';
import { mutualReach } from './mutual-reach.js';

/** The memory tokens, the cache of each block, and the number of tokens of this segment so far. */
export type MemoryTransformerXlState = {
  readonly memory?: Tensor3D; // [batch, memoryTokens, width]; absent before the first segment: as learned
  readonly written?: Tensor3D; // output of the memory before the segment, if there is none after it
  readonly blocks: readonly TransformerXlState[];
  readonly filled: number;
};

/**
 * Recurrent Memory Transformer on Transformer-XL (Bulatov, Kuratov and Burtsev 2022, section 3.2): memory tokens before
 * and after each segment pass information to the next. Gradients flow through them across all segments.
 *
 * Observable: `blocks.<i>.output` and `blocks.<i>.mixer.weights` of the tokens, of the memory before them below
 * `memoryRead`, of the memory after them below `memoryWritten`.
 */
export class MemoryTransformerXl
  extends PretrainedTransformerXl<MemoryTransformerXlConfig>
  implements CausalModel<MemoryTransformerXlState>
{
  static readonly families = [memoryTransformerXlFamily];
  readonly family = memoryTransformerXlFamily;
  readonly memory: Parameter; // [memoryTokens, width]

  /** A model without parameter values: `create` initialises them, `fromPretrained` loads them. */
  constructor(config: MemoryTransformerXlConfig, context: ModelContext<Tokenizer> = {}) {
    const { memory, ...parts } = buildMemoryTransformerXl(config);
    super(config, parts, context);
    this.memory = memory;
  }

  /** Creates a model with random parameters, to be trained. The caller disposes it. */
  static create(config: MemoryTransformerXlConfig, options: CreateTransformerXlOptions = {}): MemoryTransformerXl {
    const { seed = 0, tokenizer = null } = checkCreating('MemoryTransformerXl', config, options);
    return initialize(new MemoryTransformerXl(config, { tokenizer }), seed);
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
  ): Promise<MemoryTransformerXl> {
    const { segmentLength, ...options } = checkLoading('MemoryTransformerXl', given);
    return loadPretrained(location, options, {
      families: MemoryTransformerXl.families,
      heads: ['languageModel'],
      openTokenizer,
      create: ({ config, ...context }) =>
        new MemoryTransformerXl({ ...config, ...(segmentLength && { segmentLength }) }, context),
    });
  }

  /** Completes a prompt, piece by piece, by the settings of its `generation_config.json` and the options. */
  complete(prompt: string, options?: CompleteOptions): AsyncGenerator<string> {
    return completeText(writerOf(this), prompt, options);
  }

  initState(batchSize: number): MemoryTransformerXlState {
    expectBatchSize('MemoryTransformerXl', batchSize);
    return { blocks: this.blocks.map((block) => block.initState(batchSize)), filled: 0 };
  }

  step(tokens: Tensor2D, state: MemoryTransformerXlState, context: StepContext = {}) {
    expectTokens('MemoryTransformerXl', tokens);
    expectMasks('MemoryTransformerXl', context, { batch: tokens.shape[0], length: tokens.shape[1] });
    expectState('MemoryTransformerXl', state, tokens.shape[0], this.blocks.length);
    refuseMasks('MemoryTransformerXl', context);
    return scoped(() => {
      const { dropout: rate = 0, segmentLength } = this.config;
      const x = dropout(this.embedding.apply(tokens), rate, context.random);
      let now = state;
      const hidden = readSegments(
        x,
        { filled: state.filled, segmentLength },
        context,
        (piece, seen, { count, ends }) => {
          if (now.filled === 0) now = this.#open(now, x.shape[0], within(seen, 'memoryRead'));
          const read = this.#readTokens(piece, now, seen);
          now = { ...now, blocks: read.blocks, filled: now.filled + count };
          if (ends) now = this.endSegment(now, seen);
          return read.output;
        },
      );
      return { logits: this.head.apply(dropout(hidden, rate, context.random)), state: now };
    });
  }

  /** Reads the memory before the tokens of a segment. */
  #open(state: MemoryTransformerXlState, batch: number, context: MixContext): MemoryTransformerXlState {
    const { memoryTokens, width } = this.config;
    const memory = state.memory ?? (add(this.memory.value, zeros([batch, memoryTokens, width])) as Tensor3D);
    const { output, blocks } = this.#readMemory(memory, state.blocks, 0, context);
    return { ...state, memory, blocks, ...(this.config.memoryAtEnd === false && { written: output }) };
  }

  /**
   * Ends a segment: writes the memory for the next one, even if this one is not full; `step` does so for full segments.
   * The caller disposes the new state.
   */
  endSegment(state: MemoryTransformerXlState, context: MixContext = {}): MemoryTransformerXlState {
    return scoped(() => {
      const { memory, filled } = state;
      if (!memory || filled === 0) return state;
      const end =
        this.config.memoryAtEnd === false
          ? { output: state.written!, blocks: state.blocks }
          : this.#readMemory(memory, state.blocks, filled, within(context, 'memoryWritten'));
      const blocks = this.blocks.map(({ mixer }, index) => {
        const { memory: cached, segment } = end.blocks[index]!;
        return mixer.stateAfterSegment(cached, segment!);
      });
      return { memory: end.output, blocks, filled: 0 };
    });
  }

  /** Applies all blocks to memory tokens, after `filled` tokens of the segment, and appends their inputs to it. */
  #readMemory(memory: Tensor3D, states: readonly TransformerXlState[], filled: number, context: MixContext) {
    const { memoryTokens: tokens, segmentLength, memorySeesCache = false, memoryAtEnd = true } = this.config;
    const { clampDistance } = this.config;
    // The length of a shortened segment is known only at its end.
    const segment = (filled || segmentLength) + (memoryAtEnd ? 2 : 1) * tokens;
    return this.#readWith(memory, states, context, (state) => {
      const cached = state.memory?.shape[1] ?? 0;
      return mutualReach({ tokens, cached, seesCache: memorySeesCache, total: cached + segment, clampDistance });
    });
  }

  #readTokens(x: Tensor3D, { blocks }: MemoryTransformerXlState, context: MixContext) {
    return this.#readWith(x, blocks, context, () => undefined);
  }

  #readWith(
    x: Tensor3D,
    states: readonly TransformerXlState[],
    context: MixContext,
    reachOf: (state: TransformerXlState) => ReturnType<typeof mutualReach> | undefined,
  ) {
    let output = x;
    const blocks = this.blocks.map((block, index) => {
      const state = states[index]!;
      const input = output;
      output = block.read(input, within(context, `blocks.${index}`), (mixer, inside, inner) =>
        mixer.read(inside, state, inner, reachOf(state)),
      );
      const segment = state.segment ? (concat([state.segment, input], 1) as Tensor3D) : input;
      return { ...state, segment };
    });
    return { output, blocks };
  }
}
