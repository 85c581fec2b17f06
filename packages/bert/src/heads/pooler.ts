import {
  type Activation,
  activationByName,
  type Context,
  dropout,
  type LayerNorm,
  Linear,
  Module,
  normal,
} from '@sequitur/core';
import {
  cast,
  div,
  expandDims,
  mean,
  mul,
  reshape,
  slice,
  sum,
  type Tensor2D,
  type Tensor3D,
  tidy,
} from '@tensorflow/tfjs-core';
import type { BertConfig } from '../config.js';
import type { HeadStyle } from './head.js';

/** Pooler: activation(first token W + b) (Devlin et al. 2019, section 3.1). */
export class Pooler extends Module {
  readonly dense: Linear; // [width, width]
  readonly norm: LayerNorm | null;
  readonly #activation: Activation;
  readonly #dropout: number;
  readonly #pools: 'first' | 'mean';

  constructor(config: BertConfig, style: HeadStyle) {
    super();
    const initializer = normal(config.initializerRange ?? 0.02);
    this.dense = new Linear(config.width, config.width, { bias: style.denseBias ?? true, initializer });
    this.norm = style.norm?.(config.width) ?? null;
    this.#pools = style.pools ?? 'first';
    this.#activation = activationByName(style.poolerActivation);
    this.#dropout = style.dropsBeforePooler ? style.dropout : 0;
  }

  /** hidden [batch, length, width] -> [batch, width]. */
  apply(
    hidden: Tensor3D,
    { random, attentionMask }: Context & { readonly attentionMask?: Tensor2D | undefined } = {},
  ): Tensor2D {
    return tidy(() => {
      const [batch, , width] = hidden.shape;
      const read = this.#pools === 'mean' ? meanOf(hidden, attentionMask) : slice(hidden, [0, 0, 0], [batch, 1, width]);
      const pooled = this.#activation(this.dense.apply(dropout(read, this.#dropout, random)));
      return reshape(this.norm ? this.norm.apply(pooled) : pooled, [batch, width]);
    });
  }
}

/** The mean over the real tokens: [batch, 1, width]. */
function meanOf(hidden: Tensor3D, attentionMask: Tensor2D | undefined): Tensor3D {
  if (!attentionMask) return mean(hidden, 1, true);
  const real = expandDims(cast(attentionMask, 'float32'), 2);
  return div(sum(mul(hidden, real), 1, true), sum(real, 1, true)) as Tensor3D;
}
