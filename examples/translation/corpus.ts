import type { Split } from '@sequitur/recipe';
import type { Tokenizer } from '@sequitur/text';
import type { EncodedPair } from '@sequitur/transformer';

/** A source and its reference targets. */
export interface Example {
  readonly source: string;
  readonly targets: readonly string[];
}

/** A parallel corpus with its evaluation. */
export interface Corpus {
  /** Name for titles: `letters to phonemes`. */
  readonly name: string;
  readonly tokenizer: Tokenizer;
  readonly splits: Readonly<Record<Split, readonly Example[]>>;
  encode(source: string, target: string): EncodedPair;
  /** Metrics by name. */
  score(predictions: readonly string[], references: readonly Example[]): Readonly<Record<string, number | string>>;
  readonly settings: CorpusSettings;
}

/** Sizes and training settings for the corpus. */
export interface CorpusSettings {
  /** Unit of the losses. */
  readonly unit: string;
  readonly model: {
    readonly width: number;
    readonly depth: number;
    readonly heads: number;
    readonly contextLength: number;
    readonly dropout: number;
  };
  readonly batchSize: number;
  readonly peak: number;
  /** Number of beams; 1 is greedy search. */
  readonly beams: number;
}
