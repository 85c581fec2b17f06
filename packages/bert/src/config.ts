import type { LabelConfig } from '@sequitur/pretrained';

/** How BERT's attention knows the order: vectors added to the tokens, or scores that know the distance. */
export type PositionKind = 'absolute' | 'relativeKey' | 'relativeKeyQuery';

/** The shape of an encoder-only model (Devlin et al. 2019), with the variations that its Hugging Face classes know. */
export interface BertConfig extends LabelConfig {
  /** The family it belongs to, as `model_type` names it: `bert`, `roberta`, `distilbert`. */
  readonly modelType: string;
  readonly vocabularySize: number;
  /** The longest text, in tokens. */
  readonly contextLength: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  /** Default 4 x width. */
  readonly hiddenWidth?: number;
  /** A name as Hugging Face writes it; default `gelu`. */
  readonly activation?: string;
  /** Default 1e-12. */
  readonly normEpsilon?: number;
  /** How many kinds of segment have a vector; default 2. 0: the model knows no segments. */
  readonly tokenTypeCount?: number;
  /** Default `absolute`. */
  readonly positions?: PositionKind;
  /** The positions' vectors are fixed sinusoids, which the checkpoint stores; default false. */
  readonly sinusoidal?: boolean;
  readonly dropout?: number;
  readonly attentionDropout?: number;
  /** Before the last product of classification heads; default `dropout`. */
  readonly classifierDropout?: number;
  /** As `classifierDropout`, of the question answering head where it has its own. */
  readonly answerDropout?: number;
  /** Its vector gets no gradient; default 0, and null where no token pads. */
  readonly paddingToken?: number | null;
  readonly startToken?: number;
  readonly endToken?: number;
  /** The decoder of masked tokens is the embedding table; default true. */
  readonly tied?: boolean;
  /** Deviation of the first weights; default 0.02. */
  readonly initializerRange?: number;
}
