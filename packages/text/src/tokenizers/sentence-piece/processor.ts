import { AlignedText } from '../aligned-text.js';
import type { Piece } from '../encoding.js';
import type { Literals } from '../literals.js';
import { byteOf } from '../models/byte-tokens.js';
import { resolveUnknown } from '../models/resolve-unknown.js';
import { ScoreMergesModel } from '../models/score-merges.js';
import { UnigramModel } from '../models/unigram.js';
import { piecesOf, type WordModel, type WordPart } from '../models/word-model.js';
import { Vocabulary } from '../vocabulary.js';
import type { SentencePieceFile } from './model-file.js';
import { SPACE, sentencePieceNormalizer, userDefinedPieces } from './normalize.js';

/** SentencePiece's processor (Kudo and Richardson 2018): converts text to pieces, and pieces to text. */
export class SentencePieceProcessor {
  readonly vocabulary: Vocabulary;
  readonly unknownId: number;
  readonly #file: SentencePieceFile;
  readonly #normalize: (text: AlignedText) => AlignedText;
  readonly #model: WordModel;

  constructor(file: SentencePieceFile) {
    this.#file = file;
    this.vocabulary = Vocabulary.ofList(
      file.pieces.map(({ piece }) => piece),
      'pieces',
    );
    this.unknownId = file.pieces.findIndex(({ kind }) => kind === 'unknown');
    this.#normalize = sentencePieceNormalizer(file);
    this.#model = modelOf(file, this.vocabulary, this.unknownId);
  }

  /** Ids of pieces without text. */
  get controlIds(): number[] {
    return this.#file.pieces.flatMap(({ kind }, id) => (kind === 'control' ? [id] : []));
  }

  split(text: AlignedText): Piece[] {
    const normalized = this.#normalize(text);
    return normalized.length ? piecesOf([normalized], this.#model) : [];
  }

  /** The number of pieces of a text. */
  piecesOf(text: string): number {
    return this.split(AlignedText.of(text)).length;
  }

  /** Pieces outside the vocabulary are written literally. */
  join(tokens: readonly string[]): string {
    let text = '';
    let [isStart, sawSpace] = [true, false];
    let bytes: number[] = [];
    for (const token of tokens) {
      const id = this.vocabulary.idOf(token);
      const kind = id === undefined ? undefined : this.#file.pieces[id]!.kind;
      const byte = kind === 'byte' ? byteOf(token) : null;
      if (byte !== null) {
        bytes.push(byte);
        continue;
      }
      text += textOfBytes(bytes);
      bytes = [];
      if (sawSpace || text !== '') isStart = false;
      const surface = this.#surface(token, kind, isStart);
      text += surface.text;
      sawSpace = surface.sawSpace;
    }
    return text + textOfBytes(bytes);
  }

  #surface(token: string, kind: string | undefined, isStart: boolean): { text: string; sawSpace: boolean } {
    const { dummyPrefix, removeExtraSpaces, unknownSurface } = this.#file;
    if (kind === 'control') return { text: '', sawSpace: false };
    if (kind === 'unknown') return { text: unknownSurface, sawSpace: false };
    if (kind === undefined) return { text: token, sawSpace: false };
    const dropsSpace = isStart && (dummyPrefix || removeExtraSpaces) && token.startsWith(SPACE);
    const text = (dropsSpace ? token.slice(SPACE.length) : token).replaceAll(SPACE, ' ');
    return { text, sawSpace: dropsSpace && !removeExtraSpaces };
  }
}

function modelOf(file: SentencePieceFile, vocabulary: Vocabulary, unknownId: number): WordModel {
  const idsOf = (...kinds: string[]) =>
    new Set(file.pieces.flatMap(({ kind }, id) => (kinds.includes(kind) ? [id] : [])));
  const scores = file.pieces.map(({ score }) => score);
  const { byteFallback } = file;
  const reserved = idsOf('unknown', 'control', 'byte');
  if (file.algorithm === 'unigram') {
    const hidden = idsOf('unknown', 'control', 'byte', 'unused');
    return new UnigramModel({
      vocabulary,
      scores,
      unknownId,
      hidden,
      always: idsOf('userDefined'),
      byteFallback,
      single: true,
    });
  }
  const frozen = userDefinedPieces(file);
  if (file.algorithm === 'bpe') {
    const unused = idsOf('unused');
    return new ScoreMergesModel({ vocabulary, scores, unknownId, hidden: reserved, unused, frozen, byteFallback });
  }
  const cut = file.algorithm === 'char' ? charactersOf(frozen) : wordsOf;
  const spell = (word: string): WordPart[] => {
    const parts = cut(word).map(({ token, from, to }) => {
      const known = vocabulary.idOf(token);
      return { id: known === undefined || reserved.has(known) ? unknownId : known, token, from, to };
    });
    return resolveUnknown(parts, { vocabulary, unknownId, byteFallback });
  };
  return { vocabulary, spell };
}

type Cut = (text: string) => Omit<WordPart, 'id'>[];

function charactersOf(frozen: Literals | null): Cut {
  return (text) => {
    const parts: Omit<WordPart, 'id'>[] = [];
    for (let from = 0, to = 0; from < text.length; from = to) {
      const token = frozen?.longestAt(text, from) ?? String.fromCodePoint(text.codePointAt(from)!);
      to = from + token.length;
      parts.push({ token, from, to });
    }
    return parts;
  };
}

/** A word begins with its space. */
const wordsOf: Cut = (text) => matches(text, new RegExp(`${SPACE}?[^${SPACE}]*`, 'gu'));

function matches(text: string, pattern: RegExp): Omit<WordPart, 'id'>[] {
  return [...text.matchAll(pattern)]
    .filter(([token]) => token !== '')
    .map(({ 0: token, index }) => ({ token, from: index, to: index + token.length }));
}

/** Invalid UTF-8 bytes become a replacement character each. */
function textOfBytes(bytes: readonly number[]): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    text += length
      ? new TextDecoder().decode(Uint8Array.from([...BOM_GUARD, ...bytes.slice(at, at + length)]))
      : '\ufffd';
    at += length || 1;
  }
  return text;
}

/** A decoder removes one byte order mark: this one. */
const BOM_GUARD = [0xef, 0xbb, 0xbf];

/** The length of the valid character at `at`, or 0. */
function characterLength(bytes: readonly number[], at: number): number {
  const lead = bytes[at]!;
  const length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes.slice(at, at + length)));
    return at + length <= bytes.length ? length : 0;
  } catch {
    return 0;
  }
}
