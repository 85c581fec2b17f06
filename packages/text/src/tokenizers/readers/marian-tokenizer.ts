import { checkArgument, option, SequiturError, showValue } from '@sequitur/core';
import { parseJson } from '@sequitur/pretrained';
import type { AlignedText } from '../aligned-text.js';
import { joinPieces, type Piece } from '../encoding.js';
import { readSentencePieceFile } from '../sentence-piece/model-file.js';
import { SPACE } from '../sentence-piece/normalize.js';
import { SentencePieceProcessor } from '../sentence-piece/processor.js';
import { SubwordTokenizer } from '../subword-tokenizer.js';
import type { TemplateItem } from '../template.js';
import { Vocabulary } from '../vocabulary.js';
import { trim } from '../white-space.js';
import { checkSettings, specialToken, spellings, TokenSettings, withIds } from './token-settings.js';
import type { TokenizerReader } from './tokenizer-folder.js';

const TOKENS = { end: specialToken('</s>'), unknown: specialToken('<unk>'), padding: specialToken('<pad>') };
const ends: readonly TemplateItem[] = [
  { sequence: 0, typeId: 0 },
  { sequence: 1, typeId: 0 },
];

/** The files of a Marian translation model. */
export interface MarianFiles {
  /** `source.spm` and `target.spm`: the segmentation of either language. */
  readonly source: Uint8Array;
  readonly target: Uint8Array;
  /** The content of `vocab.json`: ids of the pieces of both. */
  readonly vocabulary: string;
  /** The content of `target_vocab.json`, where the target has a separate vocabulary. */
  readonly targetVocabulary?: string | null | undefined;
}

/** Marian's tokenizer: encodes source texts and decodes target texts. */
export class MarianTokenizer extends SubwordTokenizer {
  /** The tokenizer of the target language, for labels. */
  readonly target: SubwordTokenizer;

  /** @param settings special tokens; `separate_vocabs` */
  constructor(files: MarianFiles, settings = new TokenSettings()) {
    checkSettings('MarianTokenizer', settings);
    checkArgument('MarianTokenizer, files', option.anObject, files);
    settings.requireClass(['MarianTokenizer']);
    const source = new SentencePieceProcessor(readSentencePieceFile(files.source, 'source.spm'));
    const target = new SentencePieceProcessor(readSentencePieceFile(files.target, 'target.spm'));
    const separate = settings.flag('separate_vocabs', false) && files.targetVocabulary;
    const saved = () => ({
      'source.spm': files.source,
      'target.spm': files.target,
      'vocab.json': files.vocabulary,
      ...(files.targetVocabulary && { 'target_vocab.json': files.targetVocabulary }),
      'tokenizer_config.json': { ...settings.values, tokenizer_class: 'MarianTokenizer' },
    });
    super(partsOf(source, target, files.vocabulary, settings, saved));
    this.target = new SubwordTokenizer(partsOf(target, target, separate || files.vocabulary, settings, saved));
  }
}

function partsOf(
  reading: SentencePieceProcessor,
  writing: SentencePieceProcessor,
  vocabularyJson: string,
  settings: TokenSettings,
  files: () => Record<string, object | string | Uint8Array>,
): ConstructorParameters<typeof SubwordTokenizer>[0] {
  const vocabulary = new Vocabulary(idsOf(vocabularyJson), 'vocab.json');
  settings.refuse('sp_model_kwargs');
  const roles = settings.roles(TOKENS);
  const addedTokens = withIds(vocabulary, [...Object.values(roles), ...(settings.additional ?? [])], settings.fixed);
  const special = new Set(addedTokens.map(({ content }) => content));
  const unknown = vocabulary.idOf(roles.unknown?.content ?? '<unk>');
  if (unknown === undefined) throw new SequiturError({ where: 'vocab.json', expected: 'a token <unk>', got: 'none' });
  const end = addedTokens.find(({ content }) => content === roles.end?.content)?.id;
  const closing: TemplateItem[] = end === undefined ? [] : [{ token: end, typeId: 0 }];
  const withId = (piece: Piece): Piece => ({ ...piece, id: vocabulary.idOf(piece.token) ?? unknown });
  return {
    vocabulary,
    addedTokens,
    specialTokens: spellings(roles),
    split: (text) => splitAfterLanguage(text, reading).map(withId),
    join: (tokens) => joinAround(tokens, special, writing),
    ...settings.sides,
    template: { single: [ends[0]!, ...closing], pair: [...ends, ...closing] },
    files,
  };
}

/** `>>fra<<` names the target language and is a separate token. */
function splitAfterLanguage(text: AlignedText, processor: SentencePieceProcessor): Piece[] {
  const match = />>.+<</u.exec(text.text);
  if (!match) return processor.split(text);
  const [start, end] = text.range(match.index, match.index + match[0].length);
  const language = match.index === 0 ? [{ id: 0, token: match[0], start, end, word: 0 }] : [];
  return joinPieces([language, processor.split(text.replaceAll(/>>.+<</gu, ''))]);
}

function joinAround(
  tokens: readonly string[],
  special: ReadonlySet<string>,
  processor: SentencePieceProcessor,
): string {
  let text = '';
  let run: string[] = [];
  for (const token of tokens) {
    if (!special.has(token)) {
      run.push(token);
      continue;
    }
    text += `${processor.join(run)}${token} `;
    run = [];
  }
  return trim((text + processor.join(run)).replaceAll(SPACE, ' '));
}

function idsOf(json: string): Map<string, number> {
  const value = parseJson(json, 'vocab.json');
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return new Map(Object.entries(value));
  throw new SequiturError({ where: 'vocab.json', expected: 'an object of tokens and ids', got: showValue(value) });
}

export const marianReader: TokenizerReader = {
  name: 'Marian (source.spm, target.spm and vocab.json)',
  read: async (folder) => {
    const source = await folder.bytes('source.spm');
    const target = await folder.bytes('target.spm');
    const vocabulary = await folder.text('vocab.json');
    if (!source || !target || vocabulary === null) return null;
    const targetVocabulary = await folder.text('target_vocab.json');
    return new MarianTokenizer({ source, target, vocabulary, targetVocabulary }, await folder.settings());
  },
};
