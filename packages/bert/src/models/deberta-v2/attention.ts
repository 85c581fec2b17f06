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
  embed,
  expectPadding,
  Linear,
  linearFlops,
  type MixContext,
  type PartCost,
  refuseResets,
  type SequenceMixer,
} from '@sequitur/core';
import {
  add,
  cast,
  matMul,
  mul,
  pad,
  reshape,
  slice,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor1d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import type { PositionScore } from './config.js';
import type { DistanceVectors } from './distances.js';

export interface DisentangledAttentionOptions extends Omit<ProjectionOptions, 'sourceWidth' | 'keyHeads' | 'scale'> {
  readonly distances: DistanceVectors;
  readonly scores: readonly PositionScore[];
  /** Whether distances pass the projections of contents. */
  readonly sharedProjections: boolean;
}

/**
 * Disentangled attention (He et al. 2021, equation 4): contents are compared with contents, and contents with distances
 * δ = i - j by their own vectors,
 *
 *     s = (q_i·k_j + q_i·κ_δ + k_j·ρ_δ) / sqrt(headSize (1 + kinds of position scores))
 *
 * Observable: `weights` [batch, heads, length, length].
 */
export class DisentangledAttention extends ProjectedAttention implements SequenceMixer<KeyValueCache> {
  readonly isCausal = false;
  readonly distances: DistanceVectors;
  readonly distanceKey: Linear | null; // [width, heads * headSize]: κ
  readonly distanceQuery: Linear | null; // [width, heads * headSize]: ρ
  readonly #scores: readonly PositionScore[];

  constructor({ distances, scores, sharedProjections, ...projections }: DisentangledAttentionOptions) {
    const { width, heads, headSize = width / heads, input = {} } = projections;
    super({ ...projections, scale: 1 / Math.sqrt(headSize * (1 + scores.length)) });
    const own = (kind: PositionScore) =>
      !sharedProjections && scores.includes(kind) ? new Linear(width, heads * headSize, input) : null;
    this.distances = distances;
    this.distanceKey = own('contentToPosition');
    this.distanceQuery = own('positionToContent');
    this.#scores = scores;
  }

  /** No state: the sequence is read in one chunk. */
  initState(_batchSize: number): KeyValueCache {
    return emptyCache;
  }

  cost(length: number): PartCost {
    const kinds = this.#scores.length;
    const ofDistances = kinds * 4 * this.distances.span * this.query.weight.shape.reduce((a, b) => a * b);
    const projections = linearFlops(this, length) + ofDistances;
    const comparisons = kinds * 2 * this.heads * this.headSize * length * (2 * length - 1);
    const pairs = this.heads * length * length;
    return {
      flops: projections + comparisons + pairs * attentionFlops(this),
      gradientFlops: 2 * (projections + comparisons) + pairs * attentionGradientFlops(this),
      stateBytes: 0,
    };
  }

  mix(x: Tensor3D, state: KeyValueCache, context: MixContext): { output: Tensor3D; state: KeyValueCache } {
    refuseResets('DisentangledAttention', context);
    if (context.attentionMask) expectPadding('DisentangledAttention', context.attentionMask, 'around');
    const output = tidy(() => {
      const [query, keys] = [this.queriesOf(x), this.keysOf(x)];
      const attentionMask = context.attentionMask && (cast(context.attentionMask, 'float32') as Tensor2D);
      const values = mul(this.#positionScores(query, keys, context), this.scale);
      const options = { pattern: full(), attentionMask, bias: { kind: 'tensor', values } } as const;
      return this.attend(query, keys, this.valuesOf(x), options, context);
    });
    return { output, state };
  }

  /** [batch, heads, queries, keys]. */
  #positionScores(query: Tensor4D, keys: Tensor4D, context: MixContext): Tensor4D {
    const vectors = this.distances.vectors(context);
    const length = query.shape[1];
    const scores = this.#scores.map((kind) => {
      if (kind === 'contentToPosition') {
        const keysOfDistances = (this.distanceKey ?? this.key).apply(vectors);
        return this.#byPair(query, keysOfDistances, (column) => length - 1 - column);
      }
      const queriesOfDistances = (this.distanceQuery ?? this.query).apply(vectors);
      return transpose(
        this.#byPair(keys, queriesOfDistances, (column) => column - (length - 1)),
        [0, 1, 3, 2],
      );
    });
    return scores.reduce((sum, each) => add(sum, each)) as Tensor4D;
  }

  /**
   * Products of each content with the vectors of its distances from all positions: [batch, heads, length, length].
   *
   * @param distanceOf the distance of column length - 1 - i + j, for content i and position j
   */
  #byPair(contents: Tensor4D, vectors: Tensor2D, distanceOf: (column: number) => number): Tensor4D {
    const [batch, length, heads, size] = contents.shape;
    const columns = 2 * length - 1;
    const rows = Array.from({ length: columns }, (_, column) => this.distances.rowOf(distanceOf(column)));
    const byDistance = reshape(embed(vectors, tensor1d(rows, 'int32')), [columns, heads, size]);
    const byHead = reshape(transpose(contents, [2, 0, 1, 3]), [heads, batch * length, size]);
    const compared = matMul(byHead, transpose(byDistance, [1, 2, 0])); // [heads, batch * length, columns]
    return transpose(shifted(reshape(compared, [heads, batch, length, columns])), [1, 0, 2, 3]);
  }
}

/** [heads, batch, length, 2 length - 1] -> [heads, batch, length, length], row i from column length - 1 - i on. */
function shifted(x: Tensor4D): Tensor4D {
  const [heads, batch, length, columns] = x.shape;
  const none: [number, number] = [0, 0];
  // Rows are read as if they were one element shorter than they are stored: each begins one element earlier.
  const stored = reshape(pad(x, [none, none, none, [0, 1]]), [heads, batch, 2 * length * length]);
  const read = slice(stored, [0, 0, length - 1], [heads, batch, length * columns]);
  return slice(
    reshape(read, [heads, batch, length, columns]) as Tensor4D,
    [0, 0, 0, 0],
    [heads, batch, length, length],
  );
}
