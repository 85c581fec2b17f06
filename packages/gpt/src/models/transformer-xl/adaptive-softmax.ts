import { Module, normal, Parameter, zeros } from '@sequitur/core';
import {
  add,
  concat,
  logSoftmax,
  matMul,
  reshape,
  slice,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tidy,
} from '@tensorflow/tfjs-core';
import type { AdaptiveEmbedding } from './adaptive-embedding.js';
import { clustersOf, type TransformerXlConfig } from './config.js';

/**
 * Adaptive softmax (Grave et al. 2017): log-probabilities of frequent tokens and of clusters of rarer ones, then within
 * each cluster.
 */
export class AdaptiveSoftmax extends Module {
  readonly weights: readonly Parameter[]; // [tokens, size of their vectors], the embedding's where tied
  readonly biases: readonly Parameter[]; // [tokens]
  readonly projections: readonly Parameter[]; // [width, size of the vectors]
  readonly clusterWeight: Parameter | null; // [clusters, embeddingWidth]
  readonly clusterBias: Parameter | null; // [clusters]
  readonly #clusters: readonly { start: number; end: number; size: number }[];

  constructor(config: TransformerXlConfig, embedding: AdaptiveEmbedding) {
    super();
    const { width, embeddingWidth = width, divisor = 1, tied = true, tiedProjections = [] } = config;
    this.#clusters = clustersOf(config);
    const shapes = embedding.tables.map(({ weight }) => weight.shape);
    this.weights = embedding.tables.map(({ weight }, i) => (tied ? weight : new Parameter(shapes[i]!, normal(0.02))));
    this.biases = shapes.map(([tokens]) => new Parameter([tokens!], zeros));
    const projected = divisor !== 1 || embeddingWidth !== width;
    this.projections = projected
      ? this.#clusters.map(({ size }, cluster) => {
          const shared = tiedProjections[cluster] && embedding.projections[divisor === 1 ? 0 : cluster];
          return shared || new Parameter([width, size], normal(0.02));
        })
      : [];
    const rarer = this.#clusters.length - 1;
    this.clusterWeight = rarer > 0 ? new Parameter([rarer, embeddingWidth], normal(0.02)) : null;
    this.clusterBias = rarer > 0 ? new Parameter([rarer], zeros) : null;
  }

  /** Log-probabilities [batch, length, vocabularySize] of hidden vectors [batch, length, width]. */
  apply(hidden: Tensor3D): Tensor3D {
    const [batch, length, width] = hidden.shape;
    return tidy(() => {
      const rows = reshape(hidden, [batch * length, width]) as Tensor2D;
      const [frequent, ...rarer] = this.#clusters;
      const count = frequent!.end;
      const first = logSoftmax(this.#scores(rows, 0, true));
      const parts: Tensor[] = [slice(first, [0, 0], [-1, count])];
      for (const index of rarer.keys()) {
        const ofCluster = slice(first, [0, count + index], [-1, 1]);
        parts.push(add(ofCluster, logSoftmax(this.#scores(rows, index + 1, false))));
      }
      const all = parts.length === 1 ? parts[0]! : concat(parts, 1);
      return reshape(all, [batch, length, -1]) as Tensor3D;
    });
  }

  #scores(rows: Tensor2D, cluster: number, withClusters: boolean): Tensor2D {
    const projection = this.projections[cluster];
    const seen = projection ? matMul(rows, projection.value as Tensor2D) : rows;
    let [weight, bias] = this.#tableOf(cluster);
    if (withClusters && this.clusterWeight && this.clusterBias) {
      weight = concat([weight, this.clusterWeight.value], 0);
      bias = concat([bias, this.clusterBias.value], 0);
    }
    return add(matMul(seen, weight as Tensor2D, false, true), bias) as Tensor2D;
  }

  /** Weight and bias of a cluster: a separate table, or its rows of the common table. */
  #tableOf(cluster: number): [weight: Tensor, bias: Tensor] {
    if (this.weights.length > 1) return [this.weights[cluster]!.value, this.biases[cluster]!.value];
    const { start, end } = this.#clusters[cluster]!;
    const [weight, bias] = [this.weights[0]!.value, this.biases[0]!.value];
    return [slice(weight, [start, 0], [end - start, -1]), slice(bias, [start], [end - start])];
  }
}
