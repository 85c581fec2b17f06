import { activationByName, type Context, FeedForward, LayerNorm, Module, normal } from '@sequitur/core';
import { add, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import type { BertConfig } from '../config.js';

/** An additional feed-forward layer on top of the encoder, the first layer of BigBird's question answering head. */
export class AnswerLayer extends Module {
  readonly feedForward: FeedForward;
  readonly norm: LayerNorm;

  constructor(config: BertConfig) {
    super();
    const { width, hiddenWidth = 4 * width, activation = 'gelu', dropout = 0, normEpsilon = 1e-12 } = config;
    const drawn = { initializer: normal(config.initializerRange ?? 0.02) };
    this.feedForward = new FeedForward({
      ...{ width, hiddenWidth, dropout, activation: activationByName(activation) },
      ...{ up: drawn, down: drawn },
    });
    this.norm = new LayerNorm(width, { epsilon: normEpsilon });
  }

  /** norm(hidden + feedForward(x)), [batch, length, width]; x is `hidden` after its dropout. */
  apply(x: Tensor3D, hidden: Tensor3D, context: Context): Tensor3D {
    return tidy(() => this.norm.apply(add(hidden, this.feedForward.apply(x, context)) as Tensor3D));
  }
}
