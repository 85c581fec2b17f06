import { checkArgument, option, SequiturError } from '@sequitur/core';
import { CharacterMap } from '../normalizers/precompiled.js';
import { asBytes, asFloat, asInteger, asNumber, type ProtobufField, readProtobuf } from './protobuf.js';

const KINDS = ['normal', 'unknown', 'control', 'userDefined', 'unused', 'byte'] as const;
const ALGORITHMS = ['unigram', 'bpe', 'word', 'char'] as const;

export interface SentencePiece {
  readonly piece: string;
  /** Log-probability (unigram), or merge order (BPE: higher is earlier). */
  readonly score: number;
  readonly kind: (typeof KINDS)[number];
}

/** The content of a SentencePiece `.model` file (its `sentencepiece_model.proto`), with the defaults of the format. */
export interface SentencePieceFile {
  readonly pieces: readonly SentencePiece[];
  readonly algorithm: (typeof ALGORITHMS)[number];
  readonly byteFallback: boolean;
  /** Whether spaces end words instead of beginning them. */
  readonly spaceAsSuffix: boolean;
  /** The text of unknown pieces. */
  readonly unknownSurface: string;
  readonly characterMap: CharacterMap | null;
  readonly dummyPrefix: boolean;
  readonly removeExtraSpaces: boolean;
  readonly escapeSpaces: boolean;
}

/**
 * Reads a SentencePiece `.model` file.
 *
 * @throws SequiturError where the bytes are not a model with exactly one unknown piece
 */
export function readSentencePieceFile(bytes: Uint8Array, where: string): SentencePieceFile {
  checkArgument(
    where,
    option.kind('bytes, a Uint8Array', (value) => value instanceof Uint8Array),
    bytes,
  );
  const pieces: SentencePiece[] = [];
  let trainer: Partial<SentencePieceFile> = {};
  let normalizer: Partial<SentencePieceFile> = {};
  for (const field of readProtobuf(bytes, where)) {
    if (field.number === 1) pieces.push(readPiece(asBytes(field, where), where));
    else if (field.number === 2) trainer = readTrainer(asBytes(field, where), where);
    else if (field.number === 3) normalizer = readNormalizer(asBytes(field, where), where);
  }
  const unknown = pieces.filter(({ kind }) => kind === 'unknown').length;
  if (unknown !== 1) {
    const got = `${pieces.length} pieces with ${unknown} of them`;
    throw new SequiturError({ where, expected: 'pieces with exactly one unknown piece', got });
  }
  return { ...DEFAULTS, ...trainer, ...normalizer, pieces };
}

const DEFAULTS = {
  algorithm: 'unigram',
  byteFallback: false,
  spaceAsSuffix: false,
  unknownSurface: ' \u2047 ',
  characterMap: null,
  dummyPrefix: true,
  removeExtraSpaces: true,
  escapeSpaces: true,
} as const;

function readPiece(bytes: Uint8Array, where: string): SentencePiece {
  let [piece, score, kind]: [string, number, SentencePiece['kind']] = ['', 0, 'normal'];
  for (const field of readProtobuf(bytes, where)) {
    if (field.number === 1) piece = textOf(field, where);
    else if (field.number === 2) score = asFloat(field, where);
    else if (field.number === 3) kind = nameOf(KINDS, field, where);
  }
  if (Number.isNaN(score))
    throw new SequiturError({ where, expected: 'scores that are numbers', got: `NaN for '${piece}'` });
  return { piece, score, kind };
}

function readTrainer(bytes: Uint8Array, where: string): Partial<SentencePieceFile> {
  const found: { -readonly [Key in keyof SentencePieceFile]?: SentencePieceFile[Key] } = {};
  for (const field of readProtobuf(bytes, where)) {
    if (field.number === 3) found.algorithm = nameOf(ALGORITHMS, field, where);
    else if (field.number === 24) found.spaceAsSuffix = asNumber(field, where) !== 0;
    else if (field.number === 35) found.byteFallback = asNumber(field, where) !== 0;
    else if (field.number === 44) found.unknownSurface = textOf(field, where);
  }
  return found;
}

function readNormalizer(bytes: Uint8Array, where: string): Partial<SentencePieceFile> {
  const found: { -readonly [Key in keyof SentencePieceFile]?: SentencePieceFile[Key] } = {};
  for (const field of readProtobuf(bytes, where)) {
    if (field.number === 2) {
      const map = asBytes(field, where);
      found.characterMap = map.length ? new CharacterMap(map) : null;
    } else if (field.number === 3) found.dummyPrefix = asNumber(field, where) !== 0;
    else if (field.number === 4) found.removeExtraSpaces = asNumber(field, where) !== 0;
    else if (field.number === 5) found.escapeSpaces = asNumber(field, where) !== 0;
  }
  return found;
}

/** Enum values of the format count from 1. */
function nameOf<Name extends string>(names: readonly Name[], field: ProtobufField, where: string): Name {
  const name = names[asInteger(field, where) - 1];
  if (name) return name;
  throw new SequiturError({ where, expected: `one of ${names.join(', ')}`, got: `number ${asInteger(field, where)}` });
}

function textOf(field: ProtobufField, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(asBytes(field, where));
  } catch (cause) {
    throw new SequiturError({ where, expected: `text in field ${field.number}`, got: 'other bytes' }, { cause });
  }
}
