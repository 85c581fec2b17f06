import { checkOptions, optionsOf } from '@sequitur/core';
import type { AlignedText } from '../tokenizers/aligned-text.js';
import { metaspace } from '../tokenizers/splitters/metaspace.js';
import type { SubwordTokenizer } from '../tokenizers/subword-tokenizer.js';
import { tokenizerOfJson } from '../tokenizers/tokenizer-json/tokenizer-json.js';
import { countWords, type TrainingTexts } from './count-words.js';
import { addedTokens, checkSize, closingWith, settingsOf } from './finished-vocabulary.js';
import { learnUnigram } from './learn-unigram.js';
import { Pauses, trainingRules, type VocabularyTrainingOptions } from './training-options.js';

const SPECIAL = ['<pad>', '</s>', '<unk>'] as const;

const unigramOptions = optionsOf<VocabularyTrainingOptions>(trainingRules);

/**
 * Trains a unigram tokenizer (Kudo 2018) in the layout of T5: `<pad>`, `</s>`, `<unk>`, then pieces by probability.
 * Text is normalized to NFKC, and white space is collapsed to one space.
 *
 * @param options `specialTokens` follow those three
 */
export async function trainUnigramTokenizer(
  texts: TrainingTexts,
  options: VocabularyTrainingOptions,
): Promise<SubwordTokenizer> {
  checkOptions('trainUnigramTokenizer', unigramOptions, options);
  const special = [...SPECIAL, ...(options.specialTokens ?? [])];
  checkSize('trainUnigramTokenizer', options.vocabularySize, special.length + 2);
  const pauses = new Pauses(options);
  const normalize = (text: AlignedText) => text.normalize('NFKC').replaceAll(/\p{White_Space}+/gu, ' ');
  const counts = await countWords(texts, { normalize, split: metaspace({}), pauses });
  const pieces = await learnUnigram(counts, options.vocabularySize - special.length, pauses);
  return tokenizerOfJson(contentOf(special, pieces), settings());
}

function contentOf(special: readonly string[], pieces: readonly (readonly [string, number])[]): object {
  const spaces = { type: 'Metaspace', replacement: '\u2581', prepend_scheme: 'always', split: true };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens(special),
    normalizer: {
      type: 'Sequence',
      normalizers: [{ type: 'NFKC' }, { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' }],
    },
    pre_tokenizer: spaces,
    post_processor: closingWith('</s>', SPECIAL.indexOf('</s>')),
    decoder: spaces,
    model: {
      type: 'Unigram',
      unk_id: SPECIAL.indexOf('<unk>'),
      vocab: [...special.map((token) => [token, 0]), ...pieces],
      byte_fallback: false,
    },
  };
}

function settings() {
  return settingsOf({ pad_token: '<pad>', eos_token: '</s>', unk_token: '<unk>' });
}
