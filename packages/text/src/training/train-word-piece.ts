import { checkOptions, option, optionsOf } from '@sequitur/core';
import { bertNormalizer } from '../tokenizers/normalizers/bert.js';
import { bertSplitter } from '../tokenizers/splitters/bert.js';
import type { SubwordTokenizer } from '../tokenizers/subword-tokenizer.js';
import { tokenizerOfJson } from '../tokenizers/tokenizer-json/tokenizer-json.js';
import { countWords, type TrainingTexts } from './count-words.js';
import { addedTokens, checkSize, idsOf, settingsOf } from './finished-vocabulary.js';
import { learnMerges } from './learn-merges.js';
import { Pauses, trainingRules, type VocabularyTrainingOptions } from './training-options.js';

export interface WordPieceTrainingOptions extends Omit<VocabularyTrainingOptions, 'specialTokens'> {
  /** Whether text is lowercased and accents are stripped; default true. */
  readonly lowercase?: boolean | undefined;
  /** The minimum count of a pair that is merged; default 2. */
  readonly minimumCount?: number | undefined;
  /** Maximum number of single characters, the most frequent first; default 1000. */
  readonly alphabetSize?: number | undefined;
}

const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;
const CONTINUATION = '##';

const { specialTokens: _, ...wordPieceRules } = trainingRules;
const wordPieceOptions = optionsOf<WordPieceTrainingOptions>({
  ...wordPieceRules,
  lowercase: option.optional(option.flag),
  minimumCount: option.optional(option.count),
  alphabetSize: option.optional(option.count),
});

/**
 * Trains a WordPiece tokenizer for BERT by merging the most frequent pairs, as the Rust library does (the original
 * algorithm, Schuster and Nakajima 2012, was never published in full).
 */
export async function trainWordPieceTokenizer(
  texts: TrainingTexts,
  options: WordPieceTrainingOptions,
): Promise<SubwordTokenizer> {
  checkOptions('trainWordPieceTokenizer', wordPieceOptions, options);
  const { vocabularySize, lowercase = true, minimumCount, alphabetSize = 1000 } = options;
  checkSize('trainWordPieceTokenizer', vocabularySize, SPECIAL.length + 1);
  const pauses = new Pauses(options);
  const counts = await countWords(texts, { normalize: bertNormalizer({ lowercase }), split: bertSplitter, pauses });
  const symbolsOf = (word: string) => Array.from(word, (character, at) => (at ? CONTINUATION : '') + character);
  const kept = frequentCharacters(counts, alphabetSize);
  const words = [...counts].filter(([word]) => [...word].every((character) => kept.has(character)));
  const alphabet = [...new Set(words.flatMap(([word]) => symbolsOf(word)))].sort();
  const { symbols } = await learnMerges(
    words.map(([word, count]) => [symbolsOf(word), count] as const),
    {
      alphabet,
      size: vocabularySize - SPECIAL.length,
      minimumCount,
      join: (left, right) => left + right.slice(CONTINUATION.length),
      pauses,
    },
  );
  return tokenizerOfJson(contentOf([...SPECIAL, ...symbols].slice(0, vocabularySize), lowercase), settings());
}

function frequentCharacters(counts: ReadonlyMap<string, number>, size: number): Set<string> {
  const frequency = new Map<string, number>();
  for (const [word, count] of counts) {
    for (const character of word) frequency.set(character, (frequency.get(character) ?? 0) + count);
  }
  const byFrequency = [...frequency].sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1));
  return new Set(byFrequency.slice(0, size).map(([character]) => character));
}

function contentOf(tokens: readonly string[], lowercase: boolean): object {
  const special = (id: (typeof SPECIAL)[number], type_id: number) => ({ SpecialToken: { id, type_id } });
  const sequence = (id: string, type_id: number) => ({ Sequence: { id, type_id } });
  const single = [special('[CLS]', 0), sequence('A', 0), special('[SEP]', 0)];
  const idOf = (token: (typeof SPECIAL)[number]) => ({ id: token, ids: [SPECIAL.indexOf(token)], tokens: [token] });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens(SPECIAL),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single,
      pair: [...single, sequence('B', 1), special('[SEP]', 1)],
      special_tokens: { '[CLS]': idOf('[CLS]'), '[SEP]': idOf('[SEP]') },
    },
    decoder: { type: 'WordPiece', prefix: CONTINUATION, cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: CONTINUATION,
      max_input_chars_per_word: 100,
      vocab: idsOf(tokens),
    },
  };
}

function settings() {
  return settingsOf({
    pad_token: '[PAD]',
    unk_token: '[UNK]',
    cls_token: '[CLS]',
    sep_token: '[SEP]',
    mask_token: '[MASK]',
  });
}
