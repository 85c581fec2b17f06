import { checkArgument, option, SequiturError } from '@sequitur/core';
import type { AlignedText } from '../aligned-text.js';
import { piecesOf } from '../models/word-model.js';
import { WordPieceModel } from '../models/word-piece.js';
import { bertNormalizer } from '../normalizers/bert.js';
import type { Normalizer } from '../normalizers/normalizer.js';
import { bertSplitter, pythonWhiteSpace } from '../splitters/bert.js';
import { type Splitter, splitAt } from '../splitters/splitter.js';
import { SubwordTokenizer } from '../subword-tokenizer.js';
import { bareTemplate, bertTemplate } from '../template.js';
import { Vocabulary } from '../vocabulary.js';
import { trim } from '../white-space.js';
import { checkSettings, specialToken, spellings, TokenSettings, withIds } from './token-settings.js';
import type { TokenizerReader } from './tokenizer-folder.js';

const TOKENS = {
  unknown: specialToken('[UNK]'),
  separator: specialToken('[SEP]'),
  padding: specialToken('[PAD]'),
  classification: specialToken('[CLS]'),
  mask: specialToken('[MASK]'),
};

/** Classes that read `vocab.txt` in the same way. */
const CLASSES = ['Bert', 'DistilBert', 'Electra', 'MobileBert', 'ConvBert', 'LayoutLM', 'Lxmert', 'SqueezeBert'].map(
  (name) => `${name}Tokenizer`,
);

/**
 * BERT's WordPiece tokenizer, as Python's `BertTokenizer` reads it.
 *
 * @param vocabularyText the content of `vocab.txt`: a token a line
 * @param settings `do_lower_case` (default true), `strip_accents`, `tokenize_chinese_chars`, `do_basic_tokenize`,
 *   `clean_up_tokenization_spaces`, special tokens
 * @throws SequiturError where the vocabulary lacks the token for unknown words
 */
export function bertTokenizer(vocabularyText: string, settings = new TokenSettings()): SubwordTokenizer {
  checkSettings('bertTokenizer', settings);
  settings.requireClass(CLASSES);
  settings.refuse('never_split');
  const vocabulary = Vocabulary.ofList(linesOf(vocabularyText), 'vocab.txt');
  const roles = settings.roles(TOKENS);
  const addedTokens = withIds(vocabulary, [...Object.values(roles), ...(settings.additional ?? [])], settings.fixed);
  const idOf = (content: string | undefined) => addedTokens.find((token) => token.content === content)?.id;
  const unknown = roles.unknown?.content ?? '[UNK]';
  const unknownId = idOf(unknown) ?? vocabulary.idOf(unknown);
  if (unknownId === undefined || !knows(vocabulary, settings, unknown)) {
    throw new SequiturError({ where: 'vocab.txt', expected: `a token ${unknown} for unknown words`, got: 'none' });
  }
  const model = new WordPieceModel({ vocabulary, unknown, unknownId });
  const { normalize, split } = basicTokenizer(settings);
  const [classification, separator] = [idOf(roles.classification?.content), idOf(roles.separator?.content)];
  return new SubwordTokenizer({
    vocabulary,
    addedTokens,
    specialTokens: spellings(roles),
    split: (text) => piecesOf(split(normalize(text)), model),
    join: (tokens) => trim(tokens.join(' ').replaceAll(' ##', '')),
    template:
      classification === undefined || separator === undefined ? bareTemplate : bertTemplate(classification, separator),
    ...settings.sides,
    cleanUp: settings.flag('clean_up_tokenization_spaces', true),
    files: () => ({ 'vocab.txt': vocabularyText, 'tokenizer_config.json': settings.values }),
  });
}

/** Whether the files give the token an id; otherwise it would get one that no model was trained with. */
function knows(vocabulary: Vocabulary, settings: TokenSettings, content: string): boolean {
  return vocabulary.idOf(content) !== undefined || settings.fixed.some((token) => token.content === content);
}

/** `BasicTokenizer`, or white space only with `do_basic_tokenize: false`. */
function basicTokenizer(settings: TokenSettings): { readonly normalize: Normalizer; readonly split: Splitter } {
  if (!settings.flag('do_basic_tokenize', true)) {
    return { normalize: (text: AlignedText) => text, split: splitAt(pythonWhiteSpace, 'Removed') };
  }
  const normalize = bertNormalizer({
    lowercase: settings.flag('do_lower_case', true),
    stripAccents: settings.choice('strip_accents'),
    chineseCharacters: settings.flag('tokenize_chinese_chars', true),
    asPython: true,
  });
  return { normalize, split: bertSplitter };
}

/** Lines as in Python: only line feeds and carriage returns end one. */
function linesOf(text: string): string[] {
  checkArgument('vocab.txt', option.text, text);
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

export const bertReader: TokenizerReader = {
  name: 'BERT (vocab.txt)',
  read: async (folder) => {
    const vocabulary = await folder.text('vocab.txt');
    return vocabulary === null ? null : bertTokenizer(vocabulary, await folder.settings());
  },
};
