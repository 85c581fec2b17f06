import {
  type CausalModel,
  dropout,
  expectMasks,
  expectState,
  expectTokens,
  Module,
  refuseResets,
  SequiturError,
  type StepContext,
  scoped,
  within,
} from '@sequitur/core';
import {
  dispose,
  gather,
  slice,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { DecoderBlockState, Source } from '../decoder/decoder-block.js';
import type { TargetDecoder } from './sides.js';

/** The number of tokens read, and the state of each block. */
export type DecoderState = { readonly length: number; readonly blocks: readonly DecoderBlockState[] };

/** A decoder with its output projection. */
export interface TargetWriter {
  readonly decoder: TargetDecoder;
  readonly vocabularySize: number;
  readonly contextLength: number;
  /** hidden [batch, length, width] -> [batch, length, vocabularySize]. */
  logitsOf(hidden: Tensor3D): Tensor3D;
}

/**
 * The decoder for an encoded source, as a causal model. It borrows its parameters: disposing it frees the encoded
 * source only.
 */
export class ConditionedDecoder extends Module implements CausalModel<DecoderState> {
  readonly #model: TargetWriter;
  readonly #source: Source;

  /** @param source owned by this decoder from now on */
  constructor(model: TargetWriter, source: Source) {
    super();
    this.#model = model;
    this.#source = source;
  }

  get vocabularySize(): number {
    return this.#model.vocabularySize;
  }

  get contextLength(): number {
    return this.#model.contextLength;
  }

  /** Frees the encoded source, not the model. */
  override dispose(): void {
    dispose([this.#source.hidden, this.#source.attentionMask].filter((tensor) => tensor !== undefined));
  }

  /**
   * The state before the first target token.
   *
   * @param batchSize the number of sources, or a multiple of it: then each source is repeated for neighbouring rows
   */
  initState(batchSize: number): DecoderState {
    return scoped(() => {
      const source = repeated(this.#source, batchSize);
      return { length: 0, blocks: this.#model.decoder.blocks.map((block) => block.initState(batchSize, source)) };
    });
  }

  step(tokens: Tensor2D, state: DecoderState, context: StepContext = {}) {
    const { decoder } = this.#model;
    expectTokens('a decoder', tokens);
    expectMasks('a decoder', context, { batch: tokens.shape[0], length: tokens.shape[1] });
    expectState('a decoder', state, tokens.shape[0], decoder.blocks.length);
    refuseResets('a decoder', context);
    const observed = within(context, 'decoder');
    return scoped(() => {
      let x = decoder.embedding.apply(tokens, state.length, context); // [batch, length, width]
      observed.observe?.('embedding', x);
      const blocks = decoder.blocks.map((block, index) => {
        const { output, state: next } = block.apply(x, state.blocks[index]!, within(observed, `blocks.${index}`));
        x = output;
        return next;
      });
      const wanted = context.logits === 'last' ? lastPosition(x) : x;
      const hidden = decoder.norm ? decoder.norm.apply(wanted) : wanted;
      if (decoder.norm) observed.observe?.('norm', hidden);
      const dropped = dropout(hidden, decoder.outputDropout, context.random);
      const logits = this.#model.logitsOf(dropped);
      return { logits, state: { length: state.length + tokens.shape[1], blocks } };
    });
  }
}

/** Repeats every row of the source to fill the batch. */
function repeated({ hidden, attentionMask }: Source, batchSize: number): Source {
  const rows = hidden.shape[0];
  if (batchSize === rows) return { hidden, attentionMask };
  if (batchSize % rows !== 0) {
    throw new SequiturError({
      where: 'a decoder that has read its source',
      expected: `a batch of ${rows}, the number of sources, or a multiple of it`,
      got: `${batchSize}`,
    });
  }
  const indices = tensor1d(
    Array.from({ length: batchSize }, (_, row) => Math.floor((row * rows) / batchSize)),
    'int32',
  );
  const spread = <T extends Tensor>(x: T): T => tidy(() => gather(x, indices)) as T;
  return { hidden: spread(hidden), attentionMask: attentionMask && spread(attentionMask) };
}

/** x [batch, length, width] -> [batch, 1, width]. */
function lastPosition(x: Tensor3D): Tensor3D {
  const [batch, length, width] = x.shape;
  return slice(x, [0, length - 1, 0], [batch, 1, width]);
}
