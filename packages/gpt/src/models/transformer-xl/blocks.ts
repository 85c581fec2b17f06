import { TransformerXlAttention, type TransformerXlState } from '@sequitur/attention';
import {
  type Context,
  dropout,
  FeedForward,
  LayerNorm,
  type MixContext,
  Module,
  normal,
  Parameter,
  relu,
  within,
} from '@sequitur/core';
import { add, type Tensor3D } from '@tensorflow/tfjs-core';
import type { TransformerXlConfig } from './config.js';

/** The call of a block's mixer; the rest of the block is the same for tokens and memory tokens. */
export type ReadMixer = (mixer: TransformerXlAttention, x: Tensor3D, context: MixContext) => Tensor3D;

/** A Transformer-XL block: attention and a feed-forward layer, pre-norm or post-norm. */
export class TransformerXlBlock extends Module {
  readonly mixer: TransformerXlAttention;
  readonly mixerNorm: LayerNorm | null;
  readonly feedForward: FeedForward;
  readonly feedForwardNorm: LayerNorm;
  readonly #normFirst: boolean;
  readonly #dropout: number;

  constructor(mixer: TransformerXlAttention, config: TransformerXlConfig) {
    super();
    const { width, hiddenWidth, normFirst = false, normEpsilon: epsilon = 1e-5, dropout = 0 } = config;
    this.mixer = mixer;
    // With pre-norm the mixer has the norm: cached and new inputs pass it together.
    this.mixerNorm = normFirst ? null : new LayerNorm(width, { epsilon });
    this.feedForward = new FeedForward({ width, hiddenWidth, activation: relu, dropout, hiddenDropout: dropout });
    this.feedForwardNorm = new LayerNorm(width, { epsilon });
    this.#normFirst = normFirst;
    this.#dropout = dropout;
  }

  initState(batchSize: number): TransformerXlState {
    return this.mixer.initState(batchSize);
  }

  apply(x: Tensor3D, state: TransformerXlState, context: MixContext) {
    let next = state;
    const output = this.read(x, context, (mixer, input, inner) => {
      const mixed = mixer.mix(input, state, inner);
      next = mixed.state;
      return mixed.output;
    });
    return { output, state: next };
  }

  /** Applies the block to x [batch, length, width], with the given call of the mixer; the shape is the same. */
  read(x: Tensor3D, context: MixContext, readMixer: ReadMixer): Tensor3D {
    const mixed = dropout(readMixer(this.mixer, x, within(context, 'mixer')), this.#dropout, context.random);
    const sum = add(x, mixed) as Tensor3D;
    const seen = this.mixerNorm ? this.mixerNorm.apply(sum) : sum;
    const output = this.#transform(seen, context);
    context.observe?.('output', output);
    return output;
  }

  #transform(x: Tensor3D, context: Context): Tensor3D {
    if (this.#normFirst) return add(x, this.feedForward.apply(this.feedForwardNorm.apply(x), context)) as Tensor3D;
    return this.feedForwardNorm.apply(add(x, this.feedForward.apply(x, context)) as Tensor3D);
  }
}

/** The stack of blocks of a config. */
export function transformerXlBlocks(
  config: TransformerXlConfig,
  firstMemory: 'zeros' | 'empty' = 'zeros',
): TransformerXlBlock[] {
  const { width, heads, headSize, depth, normFirst = false, normEpsilon: epsilon = 1e-5 } = config;
  const scoreBias = () => new Parameter([heads, headSize], normal(0.02));
  const shared = config.sharedScoreBiases ? { contentBias: scoreBias(), positionBias: scoreBias() } : {};
  return Array.from({ length: depth }, () => {
    const mixer = new TransformerXlAttention({
      width,
      heads,
      headSize,
      memoryLength: config.memoryLength,
      firstMemory,
      sameLength: config.sameLength ?? false,
      dropout: config.attentionDropout ?? 0,
      ...(config.segmentLength !== undefined && { segmentLength: config.segmentLength }),
      ...(config.clampDistance !== undefined && { clampDistance: config.clampDistance }),
      ...(normFirst && { inputNorm: new LayerNorm(width, { epsilon }) }),
      ...shared,
    });
    return new TransformerXlBlock(mixer, config);
  });
}
