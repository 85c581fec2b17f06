import {
  cacheCapacity,
  Linear,
  type LinearOptions,
  linearFlops,
  type MixContext,
  Module,
  type Norm,
  normal,
  observeLazily,
  Parameter,
  type PartCost,
  RmsNorm,
  type SequenceMixer,
} from '@sequitur/core';
import {
  broadcastTo,
  cast,
  concat,
  matMul,
  reshape,
  slice,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { attentionFlops, attentionGradientFlops } from './attention-cost.js';
import { cachedPositions, emptyCache, expectCache, extendCache, type KeyValueCache } from './key-value-cache.js';
import { type AttentionOptions, attention, attentionWeights } from './ops/scaled-dot-product/index.js';
import { ofLastDocuments, packedDocuments } from './packed-documents.js';
import { causal, visiblePairs } from './patterns/index.js';
import type { PositionalEncoding } from './positions/index.js';

export interface LatentAttentionOptions {
  readonly width: number;
  readonly heads: number;
  /** Size of the latent vector from which the keys and values of all heads are projected. */
  readonly latentSize: number;
  /** Size of the latent vector from which the queries are projected; absent: they are projected from the input. */
  readonly queryLatentSize?: number | undefined;
  /** Size of the part of queries and keys that is not rotated. */
  readonly plainSize: number;
  /** Size of the rotated part, whose key all heads share. */
  readonly rotarySize: number;
  readonly valueSize: number;
  /** The positional encoding of the rotated part. */
  readonly positions: PositionalEncoding;
  /** Factor on the scores; default 1 / sqrt(plainSize + rotarySize). */
  readonly scale?: number;
  readonly dropout?: number;
  /** Epsilon of the norms of the latent vectors; default 1e-6. */
  readonly normEpsilon?: number;
  /** Options of the projections to latent vectors and of the output projection; the others have no biases. */
  readonly linear?: LinearOptions;
}

/**
 * Multi-head latent attention (DeepSeek-AI 2024, section 2.1): keys and values are projections of one small latent
 * vector per token. The cache has only this vector and one rotated key for all heads. A whole sequence computes keys
 * and values; a chunk with a cache attends to the cached latent vectors directly, with the projections absorbed in
 * queries and output.
 *
 * The state has the latent vectors as `keys` and the rotated ones as `values`, each of one head.
 *
 * Observable: `weights` [batch, heads, length, keys].
 */
export class LatentAttention extends Module implements SequenceMixer<KeyValueCache> {
  readonly queryLatent: Linear | null; // [width, queryLatentSize]
  readonly queryNorm: Norm | null;
  readonly query: Linear; // [width or queryLatentSize, heads * (plainSize + rotarySize)]
  readonly latent: Linear; // [width, latentSize]
  readonly latentNorm: Norm;
  readonly rotaryKey: Linear; // [width, rotarySize]
  readonly keyUp: Parameter; // [heads, plainSize, latentSize]
  readonly valueUp: Parameter; // [heads, valueSize, latentSize]
  readonly output: Linear; // [heads * valueSize, width]
  readonly positions: PositionalEncoding;
  readonly #options: LatentAttentionOptions;

  constructor(options: LatentAttentionOptions) {
    super();
    const { width, heads, latentSize, queryLatentSize, plainSize, rotarySize, valueSize, normEpsilon = 1e-6 } = options;
    const { linear = {} } = options;
    const { initializer = normal(0.02) } = linear;
    this.queryLatent = queryLatentSize ? new Linear(width, queryLatentSize, linear) : null;
    this.queryNorm = queryLatentSize ? new RmsNorm(queryLatentSize, normEpsilon) : null;
    this.query = new Linear(queryLatentSize ?? width, heads * (plainSize + rotarySize), { bias: false, initializer });
    this.latent = new Linear(width, latentSize, linear);
    this.latentNorm = new RmsNorm(latentSize, normEpsilon);
    this.rotaryKey = new Linear(width, rotarySize, linear);
    this.keyUp = new Parameter([heads, plainSize, latentSize], initializer);
    this.valueUp = new Parameter([heads, valueSize, latentSize], initializer);
    this.output = new Linear(heads * valueSize, width, linear);
    this.positions = options.positions;
    this.#options = options;
  }

  initState(_batchSize: number): KeyValueCache {
    return emptyCache;
  }

  /** Cost of `length` tokens of one sequence, after `seen` earlier ones. */
  cost(length: number, seen = 0): PartCost {
    const { heads, latentSize, plainSize, rotarySize, valueSize } = this.#options;
    const up = 2 * length * heads * latentSize * (plainSize + valueSize);
    const projections = linearFlops(this, length) + up;
    const pairs = heads * visiblePairs(causal(), length, seen);
    const sizes = { headSize: (seen ? latentSize : plainSize) + rotarySize, valueSize: seen ? latentSize : valueSize };
    return {
      flops: projections + pairs * attentionFlops(sizes),
      gradientFlops: 2 * projections + pairs * attentionGradientFlops(sizes),
      stateBytes: 4 * cacheCapacity(seen + length) * (latentSize + rotarySize),
    };
  }

  mix(x: Tensor3D, state: KeyValueCache, context: MixContext): { output: Tensor3D; state: KeyValueCache } {
    const [batch, length] = x.shape;
    return tidy(() => {
      const place = { seen: state.length, length, positions: context.positions };
      const { plain, rotated } = this.#queries(x);
      const chunk = {
        keys: reshape(this.latentNorm.apply(this.latent.apply(x)), [batch, length, 1, -1]) as Tensor4D,
        values: this.positions.apply(reshape(this.rotaryKey.apply(x), [batch, length, 1, -1]) as Tensor4D, place),
        attentionMask: context.attentionMask && (cast(context.attentionMask, 'float32') as Tensor2D),
      };
      expectCache(state, chunk);
      const cache = extendCache(state, chunk);
      const documents = context.resets && packedDocuments(context.resets, cachedPositions(cache) - length);
      const options = { ...this.#resolved(context), attentionMask: cache.attentionMask, documents };
      const query = { plain, rotated: this.positions.apply(rotated, place) };
      const heard =
        state.length === 0
          ? this.#attend(query, chunk, options, context)
          : this.#attendAbsorbed(query, cache, { ...options, keyLength: cachedPositions(cache) }, context);
      const output = this.output.apply(reshape(heard, [batch, length, -1]) as Tensor3D);
      return { output, state: documents ? ofLastDocuments(cache, documents) : cache };
    }) as unknown as { output: Tensor3D; state: KeyValueCache };
  }

  #resolved({ random }: MixContext): AttentionOptions {
    const { plainSize, rotarySize, scale = 1 / Math.sqrt(plainSize + rotarySize), dropout: rate = 0 } = this.#options;
    const dropout = random && rate > 0 ? { rate, seed: random.next() } : undefined;
    return { pattern: causal(), scale, dropout, fullyMasked: 'all' };
  }

  /** x [batch, length, width] -> both parts of the queries, [batch, length, heads, size]. */
  #queries(x: Tensor3D): { plain: Tensor4D; rotated: Tensor4D } {
    const { heads, plainSize, rotarySize } = this.#options;
    const from = this.queryLatent ? this.queryNorm!.apply(this.queryLatent.apply(x)) : x;
    const [batch, length] = x.shape;
    const whole: Tensor4D = reshape(this.query.apply(from), [batch, length, heads, plainSize + rotarySize]);
    return {
      plain: slice(whole, [0, 0, 0, 0], [-1, -1, -1, plainSize]),
      rotated: slice(whole, [0, 0, 0, plainSize], [-1, -1, -1, rotarySize]),
    };
  }

  /** Attention with the keys and values of every head: [batch, length, heads, valueSize]. */
  #attend(
    query: { plain: Tensor4D; rotated: Tensor4D },
    cached: { readonly keys: Tensor4D; readonly values: Tensor4D },
    options: AttentionOptions,
    context: MixContext,
  ): Tensor4D {
    const { keys, values } = this.expand(cached);
    const queries = concat([query.plain, query.rotated], 3);
    observeLazily(context, 'weights', () => attentionWeights(queries, keys, options));
    return attention(queries, keys, values, options);
  }

  /** Keys and values of every head, from latent vectors and rotated keys. */
  expand({ keys: latent, values: rotated }: { readonly keys: Tensor4D; readonly values: Tensor4D }): {
    readonly keys: Tensor4D;
    readonly values: Tensor4D;
  } {
    const { heads, latentSize, rotarySize } = this.#options;
    const [batch, length] = latent.shape;
    const up = ({ value }: Parameter): Tensor4D => {
      const rows = reshape(value, [-1, latentSize]) as Tensor2D; // [heads * size, latentSize]
      const products = matMul(reshape(latent, [-1, latentSize]) as Tensor2D, rows, false, true);
      return reshape(products, [batch, length, heads, -1]);
    };
    const shared = broadcastTo(rotated, [batch, length, heads, rotarySize]) as Tensor4D;
    return { keys: concat([up(this.keyUp), shared], 3), values: up(this.valueUp) };
  }

  /**
   * Attention to the latent vectors: key projections are applied to the queries, value projections to the result.
   * [batch, length, heads, valueSize].
   */
  #attendAbsorbed(
    query: { plain: Tensor4D; rotated: Tensor4D },
    { keys: latent, values: rotated }: { readonly keys: Tensor4D; readonly values: Tensor4D },
    options: AttentionOptions,
    context: MixContext,
  ): Tensor4D {
    const [batch, length] = query.plain.shape;
    const queries = concat([byToken(matMul(byHead(query.plain), this.keyUp.value), batch, length), query.rotated], 3);
    const keys = concat([latent, rotated], 3);
    observeLazily(context, 'weights', () => attentionWeights(queries, keys, options));
    const heard = attention(queries, keys, latent, options); // [batch, length, heads, latentSize]
    return byToken(matMul(byHead(heard), this.valueUp.value, false, true), batch, length);
  }
}

/** [batch, length, heads, size] -> [heads, batch * length, size]. */
function byHead(x: Tensor4D): Tensor3D {
  const [, , heads, size] = x.shape;
  return reshape(transpose(x, [2, 0, 1, 3]), [heads, -1, size]);
}

/** [heads, batch * length, size] -> [batch, length, heads, size]. */
function byToken(x: Tensor, batch: number, length: number): Tensor4D {
  const [heads, , size] = x.shape as [number, number, number];
  return transpose(reshape(x, [heads, batch, length, size]), [1, 2, 0, 3]);
}
