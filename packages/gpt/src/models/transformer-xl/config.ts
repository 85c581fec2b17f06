/** The config of a Transformer-XL (Dai et al. 2019), with the options of its Hugging Face class. */
export interface TransformerXlConfig {
  readonly vocabularySize: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  readonly headSize: number;
  readonly hiddenWidth: number;
  /** Cached positions of earlier segments (`mem_len`). */
  readonly memoryLength: number;
  /** Positions per segment, after which it joins the cache; default `memoryLength`, and no segments if that is 0. */
  readonly segmentLength?: number;
  /** Size of the vectors of the most frequent tokens; default `width`. */
  readonly embeddingWidth?: number;
  /** The first ids of the second and further clusters of rarer tokens; default none. */
  readonly cutoffs?: readonly number[];
  /** Factor by which vectors of each further cluster are smaller; 1, the default, for equal sizes. */
  readonly divisor?: number;
  /** Whether the head shares the embedding's projection, for each cluster; default none. */
  readonly tiedProjections?: readonly boolean[];
  /** Whether the output projection is tied to the embeddings; default true. */
  readonly tied?: boolean;
  /** Whether blocks are pre-norm instead of post-norm; default false. */
  readonly normFirst?: boolean;
  /** Whether every query attends to the same number of keys (`same_length`); default false. */
  readonly sameLength?: boolean;
  /** Maximum distance; larger ones are clamped to it (`clamp_len`). Default unbounded. */
  readonly clampDistance?: number;
  /** Whether all blocks share the biases of the scores; default false. */
  readonly sharedScoreBiases?: boolean;
  /** Epsilon of the norms; default 1e-5. */
  readonly normEpsilon?: number;
  readonly dropout?: number;
  readonly attentionDropout?: number;
  readonly endToken?: number;
}

/** The clusters of tokens, each from its first id to the one after its last, with the size of its vectors. */
export function clustersOf(config: TransformerXlConfig): { start: number; end: number; size: number }[] {
  const { vocabularySize, cutoffs = [], divisor = 1, embeddingWidth = config.width } = config;
  const borders = [0, ...cutoffs, vocabularySize];
  return borders.slice(1).map((end, index) => ({
    start: borders[index]!,
    end,
    size: Math.floor(embeddingWidth / divisor ** index),
  }));
}
