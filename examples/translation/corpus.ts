import type { Split } from '@sequitur/recipe';
import type { Tokenizer } from '@sequitur/text';
import type { EncodedPair } from '@sequitur/transformer';

/** A source and all that are right to be written after it. */
export interface Example {
  readonly source: string;
  readonly targets: readonly string[];
}

/** What is to be translated, and how it is measured. */
export interface Corpus {
  /** For titles: `letters to phonemes`. */
  readonly name: string;
  readonly tokenizer: Tokenizer;
  readonly splits: Readonly<Record<Split, readonly Example[]>>;
  encode(source: string, target: string): EncodedPair;
  /** Measures by name. */
  score(predictions: readonly string[], references: readonly Example[]): Readonly<Record<string, number | string>>;
  readonly settings: CorpusSettings;
}

/** Sizes that suit the corpus. */
export interface CorpusSettings {
  /** What the losses are counted in. */
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
  /** Of beam search, 1 being greedy. */
  readonly beams: number;
}
