import {
  attentionFlops,
  attentionGradientFlops,
  emptyCache,
  full,
  type KeyValueCache,
  ProjectedAttention,
  type ProjectionOptions,
} from '@sequitur/attention';
import {
  Embedding,
  expectPadding,
  linearFlops,
  type MixContext,
  normal,
  type PartCost,
  refuseResets,
  type SequenceMixer,
  SequiturError,
} from '@sequitur/core';
import {
  add,
  cast,
  expandDims,
  matMul,
  mul,
  range,
  reshape,
  scalar,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';

export interface RelativeKeyAttentionOptions extends Omit<ProjectionOptions, 'sourceWidth' | 'keyHeads'> {
  /** Distances from -(contextLength - 1) to contextLength - 1 have embeddings. */
  readonly contextLength: number;
  /** Whether keys are multiplied with the distance embeddings too; default false. */
  readonly comparesKeys?: boolean;
}

/**
 * Bidirectional self-attention with relative key positions: an embedding a[i - j] of the distance of query i and key j
 * (Shaw et al. 2018, equation 5): q·(k + a). With `comparesKeys` also k·a (Huang et al. 2020, "Improve Transformer
 * Models with Better Relative Position Embeddings", method 4): q·k + q·a + k·a. Scores take memory for every pair.
 *
 * Observable: `weights` [batch, heads, length, length].
 */
export class RelativeKeyAttention extends ProjectedAttention implements SequenceMixer<KeyValueCache> {
  readonly isCausal = false;
  readonly distances: Embedding; // [2 contextLength - 1, headSize]
  readonly contextLength: number;
  readonly comparesKeys: boolean;

  constructor({ contextLength, comparesKeys = false, ...projections }: RelativeKeyAttentionOptions) {
    super(projections);
    const { initializer = normal(0.02) } = projections.input ?? {};
    this.distances = new Embedding(2 * contextLength - 1, this.headSize, initializer);
    this.contextLength = contextLength;
    this.comparesKeys = comparesKeys;
  }

  /** No state: the sequence is read in one chunk. */
  initState(_batchSize: number): KeyValueCache {
    return emptyCache;
  }

  cost(length: number): PartCost {
    const projections = linearFlops(this, length);
    const pairs = this.heads * length * length;
    const distances = 2 * this.headSize * (this.comparesKeys ? 2 : 1);
    return {
      flops: projections + pairs * (attentionFlops(this) + distances),
      gradientFlops: 2 * projections + pairs * (attentionGradientFlops(this) + 2 * distances),
      stateBytes: 0,
    };
  }

  /** @throws SequiturError where the sequence is longer than `contextLength` */
  mix(x: Tensor3D, state: KeyValueCache, context: MixContext): { output: Tensor3D; state: KeyValueCache } {
    refuseResets('RelativeKeyAttention', context);
    if (context.attentionMask) expectPadding('RelativeKeyAttention', context.attentionMask, 'around');
    if (x.shape[1] > this.contextLength) {
      throw new SequiturError({
        where: 'RelativeKeyAttention',
        expected: `at most ${this.contextLength} tokens`,
        got: `${x.shape[1]}`,
        fix: 'Give a shorter text',
      });
    }
    const output = tidy(() => {
      const [query, keys] = [this.queriesOf(x), this.keysOf(x)];
      const attentionMask = context.attentionMask && (cast(context.attentionMask, 'float32') as Tensor2D);
      const values = mul(this.#distanceScores(query, keys), this.scale);
      const options = { pattern: full(), attentionMask, bias: { kind: 'tensor', values } } as const;
      return this.attend(query, keys, this.valuesOf(x), options, context);
    });
    return { output, state };
  }

  /** The scores of distances: [batch, heads, length, length]. */
  #distanceScores(query: Tensor4D, key: Tensor4D): Tensor {
    const [batch, length, heads] = query.shape;
    const vectors = this.#distanceVectors(length); // [queries, keys, headSize]
    const byQuery = reshape(matMul(byPosition(query), vectors, false, true), [length, batch, heads, length]);
    const scores = transpose(byQuery, [1, 2, 0, 3]);
    if (!this.comparesKeys) return scores;
    const turned = transpose(vectors, [1, 0, 2]);
    const byKey = reshape(matMul(byPosition(key), turned, false, true), [length, batch, heads, length]);
    return add(scores, transpose(byKey, [1, 2, 3, 0]));
  }

  /** a[i - j] for query i and key j. */
  #distanceVectors(length: number): Tensor3D {
    const position = range(0, length, 1, 'int32');
    const distance = sub(expandDims(position, 1), expandDims(position, 0));
    return this.distances.lookup(add(distance, scalar(this.contextLength - 1, 'int32'))) as Tensor3D;
  }
}

/** [batch, length, heads, size] -> [length, batch * heads, size]. */
function byPosition(x: Tensor4D): Tensor3D {
  const [batch, length, heads, size] = x.shape;
  return reshape(transpose(x, [1, 0, 2, 3]), [length, batch * heads, size]);
}
