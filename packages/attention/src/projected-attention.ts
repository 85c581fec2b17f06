import {
  Linear,
  type LinearOptions,
  type MixContext,
  Module,
  type Norm,
  normal,
  observeLazily,
  Parameter,
  SequiturError,
} from '@sequitur/core';
import {
  expandDims,
  mul,
  reshape,
  sigmoid,
  slice,
  sub,
  type Tensor3D,
  type Tensor4D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import {
  type AttentionOptions,
  attention,
  attentionWeights,
  attentionWithLogSumExp,
  type FullyMasked,
} from './ops/scaled-dot-product/index.js';

export interface ProjectionOptions {
  readonly width: number;
  /** Width of the input of keys and values; default `width`. */
  readonly sourceWidth?: number;
  readonly heads: number;
  /**
   * Number of key and value heads; default `heads`. Fewer are shared by neighbouring query heads (grouped-query
   * attention, Ainslie et al. 2023).
   */
  readonly keyHeads?: number;
  /** Size of a head's query and key; default width / heads. */
  readonly headSize?: number;
  /** Size of a head's value; default `headSize`. */
  readonly valueSize?: number;
  /** Factor on the scores; default 1 / sqrt(headSize). */
  readonly scale?: number;
  /** Dropout rate of the attention weights; default 0. */
  readonly dropout?: number;
  /** Options of the query, key and value projections, unless one has separate ones. */
  readonly input?: LinearOptions;
  readonly query?: LinearOptions;
  readonly key?: LinearOptions;
  readonly value?: LinearOptions;
  readonly output?: LinearOptions;
  /** Norms of queries and of keys (QK norm, Henry et al. 2020). */
  readonly queryNorm?: Norm;
  readonly keyNorm?: Norm;
  /**
   * The elements that these norms are computed over: those of each head (the default), or of all heads together (OLMo
   * 2).
   */
  readonly normSpan?: 'head' | 'heads';
  /** Scores s become cap tanh(s / cap) (Gemma Team 2024, section 2). */
  readonly softCap?: number;
  /**
   * Whether each head has an attention sink (Xiao et al. 2023): a learned score in the softmax without a value, so that
   * a query may attend to nothing. Default false.
   */
  readonly sinks?: boolean;
  /**
   * The output of a fully masked row, whose visible keys are all padding: the even mean of the values that its pattern
   * allows (the default), or another. This affects only rows of padding, which are never read; PyTorch models differ in
   * them by how they add their masks.
   */
  readonly fullyMasked?: FullyMasked;
}

/** The base class of self-attention and cross-attention: projections to heads and back. */
export abstract class ProjectedAttention extends Module {
  readonly query: Linear; // [width, heads * headSize]
  readonly key: Linear; // [sourceWidth, keyHeads * headSize]
  readonly value: Linear; // [sourceWidth, keyHeads * valueSize]
  readonly output: Linear; // [heads * valueSize, width]
  readonly queryNorm: Norm | null;
  readonly keyNorm: Norm | null;
  readonly normSpan: 'head' | 'heads';
  readonly softCap: number | undefined;
  readonly sinks: Parameter | null; // [heads]
  readonly heads: number;
  readonly keyHeads: number;
  readonly headSize: number;
  readonly valueSize: number;
  readonly scale: number;
  readonly dropout: number;
  readonly fullyMasked: FullyMasked;

  constructor(options: ProjectionOptions) {
    super();
    const { width, sourceWidth = width, heads, keyHeads = heads, headSize = width / heads, input = {} } = options;
    const { valueSize = headSize } = options;
    if (![heads / keyHeads, headSize, valueSize].every((size) => Number.isInteger(size) && size > 0)) {
      throw new SequiturError({
        where: new.target.name,
        expected: 'heads that divide the width, and key heads that divide the heads',
        got: `width ${width}, ${heads} heads, ${keyHeads} key heads, head size ${headSize}`,
      });
    }
    this.query = new Linear(width, heads * headSize, options.query ?? input);
    this.key = new Linear(sourceWidth, keyHeads * headSize, options.key ?? input);
    this.value = new Linear(sourceWidth, keyHeads * valueSize, options.value ?? input);
    this.output = new Linear(heads * valueSize, width, options.output);
    this.queryNorm = options.queryNorm ?? null;
    this.keyNorm = options.keyNorm ?? null;
    this.normSpan = options.normSpan ?? 'head';
    this.softCap = options.softCap;
    this.sinks = options.sinks ? new Parameter([heads], normal(0.02)) : null;
    this.heads = heads;
    this.keyHeads = keyHeads;
    this.headSize = headSize;
    this.valueSize = valueSize;
    this.scale = options.scale ?? 1 / Math.sqrt(headSize);
    this.dropout = options.dropout ?? 0;
    this.fullyMasked = options.fullyMasked ?? 'evenly';
  }

  /** x [batch, length, width] -> [batch, length, heads, headSize]. */
  protected queriesOf(x: Tensor3D): Tensor4D {
    return this.#normalised(this.query.apply(x), this.heads, this.queryNorm);
  }

  /** x [batch, length, sourceWidth] -> [batch, length, keyHeads, headSize]. */
  protected keysOf(x: Tensor3D): Tensor4D {
    return this.#normalised(this.key.apply(x), this.keyHeads, this.keyNorm);
  }

  #normalised(x: Tensor3D, heads: number, norm: Norm | null): Tensor4D {
    if (norm && this.normSpan === 'heads') return split(norm.apply(x), heads);
    return norm ? norm.apply(split(x, heads)) : split(x, heads);
  }

  /** x [batch, length, sourceWidth] -> [batch, length, keyHeads, valueSize]. */
  protected valuesOf(x: Tensor3D): Tensor4D {
    return split(this.value.apply(x), this.keyHeads);
  }

  /** Attention and the output projection: [batch, length, width]. */
  protected attend(
    query: Tensor4D,
    keys: Tensor4D,
    values: Tensor4D,
    options: AttentionOptions,
    context: MixContext,
  ): Tensor3D {
    const { fullyMasked } = this;
    const { random } = context;
    const dropout = random && this.dropout > 0 ? { rate: this.dropout, seed: random.next() } : undefined;
    const resolved = { ...options, scale: this.scale, softCap: this.softCap, fullyMasked, dropout };
    observeLazily(context, 'query', () => query);
    observeLazily(context, 'key', () => filled(keys, options.keyLength));
    observeLazily(context, 'value', () => filled(values, options.keyLength));
    if (this.sinks)
      return this.output.apply(join(this.#attendWithSinks(this.sinks, [query, keys, values], resolved, context)));
    observeLazily(context, 'weights', () => attentionWeights(query, keys, resolved));
    return this.output.apply(join(attention(query, keys, values, resolved)));
  }

  /** Attention with sinks, which take a share of each softmax: [batch, length, heads, valueSize]. */
  #attendWithSinks(
    sinks: Parameter,
    [query, keys, values]: readonly [Tensor4D, Tensor4D, Tensor4D],
    options: AttentionOptions,
    context: MixContext,
  ): Tensor4D {
    return tidy(() => {
      const { output, logSumExp } = attentionWithLogSumExp(query, keys, values, options);
      const left = sigmoid(sub(logSumExp, expandDims(sinks.value, 1))); // [batch, heads, queries]
      observeLazily(context, 'weights', () => mul(attentionWeights(query, keys, options), expandDims(left, 3)));
      return mul(output, expandDims(transpose(left, [0, 2, 1]), 3)) as Tensor4D;
    });
  }
}

/** [batch, length, heads * size] -> [batch, length, heads, size]. */
function split(x: Tensor3D, heads: number): Tensor4D {
  const [batch, length, width] = x.shape;
  return reshape(x, [batch, length, heads, width / heads]);
}

/** [batch, length, heads, size] -> [batch, length, heads * size]. */
function join(x: Tensor4D): Tensor3D {
  const [batch, length, heads, size] = x.shape;
  return reshape(x, [batch, length, heads * size]);
}

/** The filled part of a buffer with spare capacity. */
function filled(buffer: Tensor4D, length = buffer.shape[1]): Tensor4D {
  return slice(buffer, [0, 0, 0, 0], [-1, length, -1, -1]);
}
