/** What a classifier's numbers mean, as Hugging Face's `problem_type` says it. */
export type Problem = 'regression' | 'singleLabel' | 'multiLabel';

/** How BERT's attention knows the order: vectors added to the tokens, or scores that know the distance. */
export type PositionKind = 'absolute' | 'relativeKey' | 'relativeKeyQuery';

/** The shape of an encoder-only model (Devlin et al. 2019), with the variations that its Hugging Face classes know. */
export interface BertConfig {
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
  /** What the classes of classification heads are called, in their order. */
  readonly labels?: readonly string[];
  /** Default: told from the labels that training gives. */
  readonly problem?: Problem;
  /** Deviation of the first weights; default 0.02. */
  readonly initializerRange?: number;
}

const published = { modelType: 'bert', vocabularySize: 30522, contextLength: 512 };

/** Sizes that are known by name (Devlin et al. 2019; Turc et al. 2019). */
export const bertPresets = {
  tiny: { ...published, width: 128, depth: 2, heads: 2 },
  mini: { ...published, width: 256, depth: 4, heads: 4 },
  small: { ...published, width: 512, depth: 4, heads: 8 },
  medium: { ...published, width: 512, depth: 8, heads: 8 },
  base: { ...published, width: 768, depth: 12, heads: 12 },
  large: { ...published, width: 1024, depth: 24, heads: 16 },
} as const satisfies Record<string, BertConfig>;
