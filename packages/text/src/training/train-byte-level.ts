import { checkOptions, option, optionsOf, SequiturError } from '@sequitur/core';
import { characterOfByte } from '../tokenizers/models/byte-tokens.js';
import { byteLevel } from '../tokenizers/splitters/byte-level.js';
import type { SubwordTokenizer } from '../tokenizers/subword-tokenizer.js';
import { tokenizerOfJson } from '../tokenizers/tokenizer-json/tokenizer-json.js';
import { countWords, type TrainingTexts } from './count-words.js';
import { addedTokens, checkSize, closingWith, idsOf, settingsOf } from './finished-vocabulary.js';
import { learnMerges } from './learn-merges.js';
import { Pauses, trainingRules, type VocabularyTrainingOptions } from './training-options.js';

export interface ByteLevelTrainingOptions extends VocabularyTrainingOptions {
  /** The minimum count of a pair that is merged; default 2. */
  readonly minimumCount?: number | undefined;
  /** The special token that ends every text, for encoder-decoders; default none. */
  readonly endToken?: string | undefined;
  /** The special token that is used for padding; default none. */
  readonly paddingToken?: string | undefined;
}

const byteLevelOptions = optionsOf<ByteLevelTrainingOptions>({
  ...trainingRules,
  minimumCount: option.optional(option.count),
  endToken: option.optional(option.text),
  paddingToken: option.optional(option.text),
});

/**
 * Trains a byte-level BPE tokenizer like that of GPT-2 (Radford et al. 2019): it can encode any text, and
 * `saveTokenizer` writes it as a `tokenizer.json`.
 *
 * @param options special tokens default to `<|endoftext|>`
 */
export async function trainByteLevelTokenizer(
  texts: TrainingTexts,
  options: ByteLevelTrainingOptions,
): Promise<SubwordTokenizer> {
  checkOptions('trainByteLevelTokenizer', byteLevelOptions, options);
  const { vocabularySize, specialTokens = ['<|endoftext|>'], minimumCount, endToken, paddingToken } = options;
  checkSize('trainByteLevelTokenizer', vocabularySize, 256 + specialTokens.length);
  const pauses = new Pauses(options);
  const counts = await countWords(texts, { split: byteLevel(), pauses });
  const alphabet = [...characterOfByte].sort();
  const { symbols, merges } = await learnMerges(
    Array.from(counts, ([word, count]) => [[...word], count] as const),
    { alphabet, size: vocabularySize - specialTokens.length, minimumCount, pauses },
  );
  const content = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens(specialTokens),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: processorOf(endToken, specialTokens),
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: idsOf([...specialTokens, ...symbols]),
      merges,
    },
  };
  const end = endToken ?? specialTokens[0];
  return tokenizerOfJson(
    content,
    settingsOf({
      ...(end && { bos_token: end, eos_token: end, unk_token: end }),
      ...(paddingToken && { pad_token: paddingToken }),
    }),
  );
}

/** @throws SequiturError where the end token is not a special token */
function processorOf(endToken: string | undefined, specialTokens: readonly string[]): object {
  if (endToken === undefined)
    return { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false, use_regex: true };
  const id = specialTokens.indexOf(endToken);
  if (id < 0) {
    const [expected, got] = [`one of the special tokens (${specialTokens.join(', ')})`, endToken];
    throw new SequiturError({ where: 'trainByteLevelTokenizer, endToken', expected, got });
  }
  return closingWith(endToken, id);
}
