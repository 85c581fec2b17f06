import type { BertConfig } from '../config.js';

/** The shape of a Longformer (Beltagy et al. 2020). */
export interface LongformerConfig extends BertConfig {
  /** For each layer how many keys a token sees on both sides together; even. */
  readonly windows: readonly number[];
  /** Ends the question of a question-answering input; default 2. */
  readonly separatorToken?: number;
}
