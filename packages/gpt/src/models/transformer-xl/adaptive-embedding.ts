import { Embedding, Module, normal, Parameter } from '@sequitur/core';
import {
  add,
  cast,
  expandDims,
  greaterEqual,
  less,
  logicalAnd,
  matMul,
  mul,
  reshape,
  scalar,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tidy,
} from '@tensorflow/tfjs-core';
import { clustersOf, type TransformerXlConfig } from './config.js';

/**
 * Adaptive input embeddings (Baevski and Auli 2019, section 3.1): vectors that are smaller for clusters of rarer
 * tokens, projected to one width and multiplied by its square root.
 */
export class AdaptiveEmbedding extends Module {
  readonly tables: readonly Embedding[]; // one of all tokens, or one [size of the cluster, size of its vectors] per cluster
  readonly projections: readonly Parameter[]; // [width, size of the vectors], none where that is the width
  readonly #width: number;
  /** The first id of each table, and the one after its last. */
  readonly #ranges: readonly (readonly [start: number, end: number])[];

  constructor(config: TransformerXlConfig) {
    super();
    const { width, vocabularySize, divisor = 1, embeddingWidth = width } = config;
    const tables = divisor === 1 ? [{ start: 0, end: vocabularySize, size: embeddingWidth }] : clustersOf(config);
    this.tables = tables.map(
      ({ start, end, size }) => new Embedding(end - start, size, undefined, { quantizable: false }),
    );
    const projected = divisor !== 1 || embeddingWidth !== width;
    this.projections = projected ? tables.map(({ size }) => new Parameter([width, size], normal(0.02))) : [];
    this.#width = width;
    this.#ranges = tables.map(({ start, end }) => [start, end]);
  }

  /** Embeds tokens: int32 [batch, length] -> [batch, length, width]. */
  apply(tokens: Tensor2D): Tensor3D {
    return tidy(() => {
      const parts = this.tables.map((_, cluster) => this.#ofCluster(tokens, cluster));
      return mul(
        parts.reduce((sum, part) => add(sum, part)),
        Math.sqrt(this.#width),
      ) as Tensor3D;
    });
  }

  /** Embeddings of the tokens in one cluster, 0 for all others. */
  #ofCluster(tokens: Tensor2D, cluster: number): Tensor {
    const [start, end] = this.#ranges[cluster]!;
    const projection = this.projections[cluster];
    const [batch, length] = tokens.shape;
    const project = (vectors: Tensor): Tensor =>
      projection
        ? reshape(
            matMul(reshape(vectors, [batch * length, -1]) as Tensor2D, projection.value as Tensor2D, false, true),
            [batch, length, this.#width],
          )
        : vectors;
    if (this.tables.length === 1) return project(this.tables[0]!.lookup(tokens));
    const inside = cast(logicalAnd(greaterEqual(tokens, start), less(tokens, end)), 'int32');
    const local = mul(sub(tokens, scalar(start, 'int32')), inside); // id 0 of the cluster for tokens of others
    return mul(project(this.tables[cluster]!.lookup(local)), expandDims(cast(inside, 'float32'), -1));
  }
}
