import {
  checkOptions,
  type Json,
  option,
  optionsOf,
  Random,
  type ResumableData,
  SequiturError,
  showValue,
} from '@sequitur/core';
import type { LabelledBatch } from '../head-loss.js';
import type { PreTrainingHead } from '../heads/pre-training.js';
import { type MaskingOptions, maskingRules, maskTokens } from './masking.js';
import {
  type SentencePair,
  type SentencePairOptions,
  sentencePairRules,
  sentencePairs,
  type TokenizedDocument,
} from './sentence-pairs.js';

export interface PreTrainingDataOptions extends SentencePairOptions, Omit<MaskingOptions, 'specialTokens' | 'words'> {
  readonly paddingToken: number;
  readonly batchSize: number;
  readonly seed?: number | string;
  /** Whether a token continues the word of the previous one, for whole word masking. */
  readonly continues?: (token: number) => boolean;
  /** Number of epochs; default unlimited. */
  readonly epochs?: number;
}

const dataOptions = optionsOf<PreTrainingDataOptions>({
  ...maskingRules,
  ...sentencePairRules,
  paddingToken: option.countOrNone,
  batchSize: option.count,
  seed: option.optional(option.seed),
  continues: option.optional(option.callback),
  epochs: option.optional(option.bound),
});

/**
 * Batches for BERT's pre-training (Devlin et al. 2019, section 3.1): sentence pairs with masks, both drawn again in
 * every epoch. Deterministic for a seed, and resumable.
 */
export class PreTrainingData implements ResumableData<LabelledBatch<PreTrainingHead>> {
  readonly #documents: readonly TokenizedDocument[];
  readonly #options: PreTrainingDataOptions;
  #epoch = 0;
  #batch = 0;

  constructor(documents: readonly TokenizedDocument[], options: PreTrainingDataOptions) {
    this.#documents = documents;
    this.#options = checkOptions('PreTrainingData', dataOptions, options);
  }

  get position(): Json {
    return { epoch: this.#epoch, batch: this.#batch };
  }

  resumeAt(position: Json): void {
    const { epoch, batch } = (position ?? {}) as { epoch?: unknown; batch?: unknown };
    if (!Number.isInteger(epoch) || !Number.isInteger(batch)) {
      throw new SequiturError({
        where: 'PreTrainingData.resumeAt',
        expected: 'a position of such data: an epoch and a batch',
        got: showValue(position),
      });
    }
    this.#epoch = epoch as number;
    this.#batch = batch as number;
  }

  *[Symbol.iterator](): Generator<LabelledBatch<PreTrainingHead>> {
    const { epochs = Number.POSITIVE_INFINITY, batchSize, seed = 0 } = this.#options;
    while (this.#epoch < epochs) {
      const random = Random.fromSeed(seed).fork(`epoch ${this.#epoch}`);
      const pairs = random.shuffle(sentencePairs(this.#documents, random.fork('pairs'), pairOptionsOf(this.#options)));
      while (this.#batch * batchSize < pairs.length) {
        const chosen = pairs.slice(this.#batch * batchSize, (this.#batch + 1) * batchSize);
        const batch = this.#masked(chosen, random.fork(`masks ${this.#batch}`));
        this.#batch++;
        yield batch;
      }
      this.#epoch++;
      this.#batch = 0;
    }
  }

  #masked(pairs: readonly SentencePair[], random: Random): LabelledBatch<PreTrainingHead> {
    const { length, startToken, separatorToken, paddingToken, maskToken, continues } = this.#options;
    const specialTokens = [startToken, separatorToken, paddingToken, maskToken];
    const { vocabularySize, rate, masked: share, replaced } = this.#options;
    const masking = { maskToken, vocabularySize, rate, masked: share, replaced, specialTokens } as MaskingOptions;
    const masked = pairs.map(({ tokens }) => {
      const words = continues && { words: wordsOf(tokens, continues) };
      return maskTokens(tokens, random, { ...masking, ...words });
    });
    const filled = (row: readonly number[], value: number) => [
      ...row,
      ...new Array<number>(length - row.length).fill(value),
    ];
    return {
      tokens: masked.map(({ tokens }) => filled(tokens, paddingToken)),
      attentionMask: pairs.map(({ tokens }) => filled(new Array<number>(tokens.length).fill(1), 0)),
      tokenTypes: pairs.map(({ tokenTypes }) => filled(tokenTypes, 0)),
      labels: {
        tokens: masked.map(({ labels }) => filled(labels, -100)),
        nextSentence: pairs.map(({ nextSentence }) => nextSentence),
      },
    };
  }
}

function wordsOf(tokens: readonly number[], continues: (token: number) => boolean): number[] {
  let word = 0;
  return tokens.map((token) => (continues(token) ? word : ++word));
}

function pairOptionsOf(options: PreTrainingDataOptions): SentencePairOptions {
  const { length, startToken, separatorToken, randomShare, shortShare } = options;
  return { length, startToken, separatorToken, randomShare, shortShare } as SentencePairOptions;
}
