import type { LabelConfig } from '@sequitur/pretrained';

/** Position embeddings of BERT: added to the tokens, or relative in the scores. */
export type PositionKind = 'absolute' | 'relativeKey' | 'relativeKeyQuery';

/** The config of an encoder-only model (Devlin et al. 2019), with the variations of their Hugging Face classes. */
export interface BertConfig extends LabelConfig {
  /** The family, by `model_type`: `bert`, `roberta`, `distilbert`. */
  readonly modelType: string;
  readonly vocabularySize: number;
  /** Maximum sequence length in tokens. */
  readonly contextLength: number;
  readonly width: number;
  /** Width of the embedding, which is projected to `width`; default `width`, without a projection. */
  readonly embeddingWidth?: number;
  readonly depth: number;
  readonly heads: number;
  /** Hidden width of the feed-forward network; default 4 x width. */
  readonly hiddenWidth?: number;
  /** Activation by its Hugging Face name; default `gelu`. */
  readonly activation?: string;
  /** Epsilon of the norms; default 1e-12. */
  readonly normEpsilon?: number;
  /** Number of token types; default 2. 0: no token types. */
  readonly tokenTypeCount?: number;
  /** The position embeddings; default `absolute`. */
  readonly positions?: PositionKind;
  /** Fixed sinusoidal positions, which the checkpoint stores; default false. */
  readonly sinusoidal?: boolean;
  readonly dropout?: number;
  readonly attentionDropout?: number;
  /** Dropout rate before the output projection of classification heads; default `dropout`. */
  readonly classifierDropout?: number;
  /** Dropout rate of the question answering head where it differs from `classifierDropout`. */
  readonly answerDropout?: number;
  /** The padding token, whose vector gets no gradient; default 0, null for none. */
  readonly paddingToken?: number | null;
  readonly startToken?: number;
  readonly endToken?: number | readonly number[];
  /** Tied embeddings of the masked language head; default true. */
  readonly tied?: boolean;
  /** Standard deviation of the initial weights; default 0.02. */
  readonly initializerRange?: number;
}
