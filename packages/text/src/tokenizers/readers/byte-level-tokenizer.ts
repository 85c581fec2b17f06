import { checkArgument, option, SequiturError, showValue } from '@sequitur/core';
import { parseJson } from '@sequitur/pretrained';
import { decodeByteLevel } from '../decoders/decoder.js';
import { BytePairModel } from '../models/byte-pair.js';
import { piecesOf } from '../models/word-model.js';
import { byteLevel } from '../splitters/byte-level.js';
import { SubwordTokenizer } from '../subword-tokenizer.js';
import { bareTemplate, robertaTemplate, type Template } from '../template.js';
import { Vocabulary } from '../vocabulary.js';
import {
  checkSettings,
  specialToken,
  spellings,
  type TokenDeclaration,
  type TokenRole,
  TokenSettings,
  withIds,
} from './token-settings.js';
import type { TokenizerReader } from './tokenizer-folder.js';

type Roles = Partial<Record<TokenRole, TokenDeclaration>>;

const END_OF_TEXT = specialToken('<|endoftext|>');
const GPT2_TOKENS: Roles = { begin: END_OF_TEXT, end: END_OF_TEXT, unknown: END_OF_TEXT };
const ROBERTA_TOKENS: Roles = {
  begin: specialToken('<s>'),
  end: specialToken('</s>'),
  unknown: specialToken('<unk>'),
  separator: specialToken('</s>'),
  padding: specialToken('<pad>'),
  classification: specialToken('<s>'),
  mask: specialToken('<mask>', { stripLeft: true }),
};

/** Classes with `<s>` and `</s>` around a text. */
const BRACKETED = ['Roberta', 'Bart', 'Longformer', 'LED'].map((name) => `${name}Tokenizer`);
const CLASSES = ['GPT2Tokenizer', 'GPTNeoXTokenizer', ...BRACKETED];

/**
 * Byte-level BPE, as Python's `GPT2Tokenizer` (and `RobertaTokenizer`, `BartTokenizer`) reads it.
 *
 * @param vocabularyJson the content of `vocab.json` (`encoder.json`)
 * @param mergesText the content of `merges.txt` (`vocab.bpe`): a merge a line, after a line that names the version
 * @param settings `add_prefix_space`, `clean_up_tokenization_spaces`, special tokens, `tokenizer_class`
 */
export function byteLevelTokenizer(
  vocabularyJson: string,
  mergesText: string,
  settings = new TokenSettings(),
): SubwordTokenizer {
  checkSettings('byteLevelTokenizer', settings);
  settings.requireClass(CLASSES);
  const vocabulary = new Vocabulary(idsOf(vocabularyJson), 'vocab.json');
  const isBracketed = BRACKETED.includes(settings.className);
  const roles = settings.roles(isBracketed ? ROBERTA_TOKENS : GPT2_TOKENS);
  const model = new BytePairModel({ vocabulary, merges: mergesOf(mergesText), unknown: roles.unknown?.content });
  const split = byteLevel();
  const addedTokens = withIds(vocabulary, [...Object.values(roles), ...(settings.additional ?? [])], settings.fixed);
  const idOf = (role: TokenRole) => addedTokens.find(({ content }) => content === roles[role]?.content)?.id;
  return new SubwordTokenizer({
    vocabulary,
    addedTokens,
    specialTokens: spellings(roles),
    // Python prepends the space to the whole text, even if it begins with a space or a special token.
    ...(settings.flag('add_prefix_space', false) && { prepare: (text) => text.prepend(' ') }),
    split: (text) => piecesOf(split(text), model),
    join: (tokens) => decodeByteLevel(tokens).join(''),
    template: templateOf(idOf, isBracketed, settings),
    ...settings.sides,
    cleanUp: settings.flag('clean_up_tokenization_spaces', false),
    files: () => ({ 'vocab.json': vocabularyJson, 'merges.txt': mergesText, 'tokenizer_config.json': settings.values }),
  });
}

function templateOf(
  idOf: (role: TokenRole) => number | undefined,
  isBracketed: boolean,
  settings: TokenSettings,
): Template {
  const [begin, end] = [idOf('begin'), idOf('end')];
  if (isBracketed && begin !== undefined && end !== undefined) return robertaTemplate(begin, end);
  if (!settings.flag('add_bos_token', false) || begin === undefined) return bareTemplate;
  const before = { token: begin, typeId: 0 };
  const single = [before, ...bareTemplate.single];
  return { single, pair: [...single, before, { sequence: 1, typeId: 1 }] };
}

function idsOf(json: string): Map<string, number> {
  const value = parseJson(json, 'vocab.json');
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return new Map(Object.entries(value));
  throw new SequiturError({ where: 'vocab.json', expected: 'an object of tokens and ids', got: showValue(value) });
}

function mergesOf(text: string): [string, string][] {
  checkArgument('merges.txt', option.text, text);
  const lines = text
    .split(/\r?\n/)
    .filter((line, index) => line !== '' && !(index === 0 && line.startsWith('#version')));
  return lines.map((line, index) => {
    const parts = line.split(' ');
    if (parts.length === 2) return parts as [string, string];
    throw new SequiturError({
      where: `merges.txt, merge ${index}`,
      expected: 'two tokens',
      got: showValue(line),
    });
  });
}

export const byteLevelReader: TokenizerReader = {
  name: 'byte-level BPE (vocab.json and merges.txt, or encoder.json and vocab.bpe)',
  read: async (folder) => {
    const vocabulary = (await folder.text('vocab.json')) ?? (await folder.text('encoder.json'));
    const merges = (await folder.text('merges.txt')) ?? (await folder.text('vocab.bpe'));
    if (vocabulary === null || merges === null) return null;
    return byteLevelTokenizer(vocabulary, merges, await folder.settings());
  },
};
