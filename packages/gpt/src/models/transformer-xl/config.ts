/** The shape of a Transformer-XL (Dai et al. 2019), as its Hugging Face class knows it. */
export interface TransformerXlConfig {
  readonly vocabularySize: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  readonly headSize: number;
  readonly hiddenWidth: number;
  /** How many positions of earlier segments are remembered. */
  readonly memoryLength: number;
  /** After so many positions a segment joins the memory; default `memoryLength`, and if that is 0 never. */
  readonly segmentLength?: number;
  /** Size of the vectors of the most frequent tokens; default `width`. */
  readonly embeddingWidth?: number;
  /** The first ids of the second and further clusters of rarer tokens; default none. */
  readonly cutoffs?: readonly number[];
  /** Vectors of each further cluster are so many times smaller; 1, the default, for one size. */
  readonly divisor?: number;
  /** For each cluster whether the head shares the projection of the embedding; default none does. */
  readonly tiedProjections?: readonly boolean[];
  /** The head shares the vectors of the embedding; default true. */
  readonly tied?: boolean;
  /** Norms stand before mixer and feed-forward rather than behind; default false. */
  readonly normFirst?: boolean;
  /** Every query sees equally many keys; default false. */
  readonly sameLength?: boolean;
  /** Longer distances count as this one; default no bound. */
  readonly clampDistance?: number;
  /** All blocks share the biases of the scores; default false. */
  readonly sharedScoreBiases?: boolean;
  /** Default 1e-5. */
  readonly normEpsilon?: number;
  readonly dropout?: number;
  readonly attentionDropout?: number;
  readonly endToken?: number;
}

/** The clusters of tokens, each from its first id to the one behind its last, with the size of its vectors. */
export function clustersOf(config: TransformerXlConfig): { start: number; end: number; size: number }[] {
  const { vocabularySize, cutoffs = [], divisor = 1, embeddingWidth = config.width } = config;
  const borders = [0, ...cutoffs, vocabularySize];
  return borders.slice(1).map((end, index) => ({
    start: borders[index]!,
    end,
    size: Math.floor(embeddingWidth / divisor ** index),
  }));
}
