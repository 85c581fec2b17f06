import { BytePairModel } from '../models/byte-pair.js';
import { UnigramModel } from '../models/unigram.js';
import { WordLevelModel } from '../models/word-level.js';
import type { WordModel } from '../models/word-model.js';
import { WordPieceModel } from '../models/word-piece.js';
import { Vocabulary } from '../vocabulary.js';
import { type Fields, wrong } from './fields.js';

type Make = (fields: Fields) => WordModel;

const kinds: Readonly<Record<string, Make>> = {
  WordPiece: (fields) =>
    new WordPieceModel({
      vocabulary: vocabularyOf(fields),
      unknown: fields.text('unk_token'),
      continuation: fields.text('continuing_subword_prefix', '##'),
      longestWord: fields.integer('max_input_chars_per_word', 100),
    }),
  WordLevel: (fields) => new WordLevelModel(vocabularyOf(fields), fields.maybeText('unk_token')),
  BPE: (fields) => {
    // BPE dropout is for training, and would make ids random.
    if (fields.value('dropout')) throw wrong(`${fields.where}, dropout`, 'none', fields.value('dropout'));
    return new BytePairModel({
      vocabulary: vocabularyOf(fields),
      merges: fields.list('merges').map((merge, rank) => mergeOf(merge, `${fields.where}, merge ${rank}`)),
      unknown: fields.maybeText('unk_token'),
      fuseUnknown: fields.flag('fuse_unk', false),
      byteFallback: fields.flag('byte_fallback', false),
      wholeWords: fields.flag('ignore_merges', false),
      continuation: fields.maybeText('continuing_subword_prefix'),
      endOfWord: fields.maybeText('end_of_word_suffix'),
    });
  },
  Unigram: (fields) => {
    const pieces = fields.list('vocab').map((entry, id) => scoredPiece(entry, `${fields.where}, vocab ${id}`));
    const unknownId = fields.has('unk_id') ? fields.integer('unk_id') : -1;
    if (unknownId >= pieces.length) throw wrong(`${fields.where}, unk_id`, 'the index of a piece', unknownId);
    return new UnigramModel({
      vocabulary: Vocabulary.ofList(
        pieces.map(([token]) => token),
        fields.where,
      ),
      scores: pieces.map(([, score]) => score),
      unknownId,
      byteFallback: fields.flag('byte_fallback', false),
    });
  },
};

/** The model of a `tokenizer.json`. */
export function modelOf(fields: Fields): WordModel {
  const type = fields.maybeText('type') ?? guessedType(fields);
  const make = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  return make ? make(fields) : fields.refuse('model');
}

/** Early files have no type. */
function guessedType(fields: Fields): string {
  if (fields.has('merges')) return 'BPE';
  if (Array.isArray(fields.value('vocab'))) return 'Unigram';
  return fields.has('continuing_subword_prefix') ? 'WordPiece' : 'WordLevel';
}

function vocabularyOf(fields: Fields): Vocabulary {
  const { where } = fields.child('vocab');
  return new Vocabulary(new Map(Object.entries(fields.value('vocab') as Record<string, number>)), where);
}

function mergeOf(merge: unknown, where: string): readonly [string, string] {
  const parts = typeof merge === 'string' ? merge.split(' ') : merge;
  if (Array.isArray(parts) && parts.length === 2 && parts.every((part) => typeof part === 'string')) {
    return parts as [string, string];
  }
  throw wrong(where, 'two tokens', merge);
}

function scoredPiece(entry: unknown, where: string): readonly [string, number] {
  if (Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'number') {
    return [entry[0], entry[1]];
  }
  throw wrong(where, 'a piece and its score', entry);
}
