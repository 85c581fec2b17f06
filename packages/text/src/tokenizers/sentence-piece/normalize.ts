import type { AlignedText } from '../aligned-text.js';
import { Literals } from '../literals.js';
import type { SentencePieceFile } from './model-file.js';

/** SentencePiece's symbol for a space. */
export const SPACE = '\u2581';

/** The replacement of a span of the text. */
interface Chunk {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** SentencePiece's normalization (Kudo and Richardson 2018, section 3.2; its `normalizer.cc`), with alignment. */
export function sentencePieceNormalizer(file: SentencePieceFile): (text: AlignedText) => AlignedText {
  const userDefined = userDefinedPieces(file);
  const { removeExtraSpaces, dummyPrefix, spaceAsSuffix } = file;
  const space = file.escapeSpaces ? SPACE : ' ';
  return (text) => {
    const all = chunksOf(text, file, userDefined);
    const heard = removeExtraSpaces ? withoutLeadingSpaces(all) : all;
    if (heard.length === 0) return text.slice(0, 0);
    const chunks = removeExtraSpaces ? withoutExtraSpaces(heard, space) : heard;
    // An empty text loses a prepended space like any other trailing one.
    const prefixed = dummyPrefix && !spaceAsSuffix && (chunks.length > 0 || !removeExtraSpaces);
    return text.rewrite((add) => {
      const [first, last] = [chunks[0]?.from ?? 0, chunks.at(-1)?.to ?? 0];
      if (prefixed) add(space, first, first);
      for (const { text: chunk, from, to } of chunks) add(chunk.replaceAll(' ', space), from, to);
      if (dummyPrefix && spaceAsSuffix) add(space, last, last);
    });
  };
}

/** User-defined pieces, which are always matched; null where there are none. */
export function userDefinedPieces({ pieces }: SentencePieceFile): Literals | null {
  const own = new Literals(pieces.filter(({ kind }) => kind === 'userDefined').map(({ piece }) => piece));
  return own.isEmpty ? null : own;
}

function chunksOf(text: AlignedText, { characterMap }: SentencePieceFile, userDefined: Literals | null): Chunk[] {
  const encoder = new TextEncoder();
  const bytes = characterMap ? encoder.encode(text.text) : null;
  const chunks: Chunk[] = [];
  let [at, byte] = [0, 0];
  const take = (chunk: string, to: number) => {
    chunks.push({ text: chunk, from: at, to });
    if (bytes) byte += encoder.encode(text.text.slice(at, to)).length;
    at = to;
  };
  while (at < text.length) {
    const own = userDefined?.longestAt(text.text, at);
    const match = !own && bytes ? characterMap!.longestMatch(bytes, byte) : null;
    const width = text.text.codePointAt(at)! > 0xffff ? 2 : 1;
    if (own) take(own, at + own.length);
    else if (match) take(match.replacement, at + unitsOf(bytes!.subarray(byte, byte + match.length)));
    else take(text.text.slice(at, at + width), at + width);
  }
  return chunks;
}

/** The number of UTF-16 code units of UTF-8 bytes. */
function unitsOf(bytes: Uint8Array): number {
  return bytes.reduce((units, byte) => units + (byte >= 0xf0 ? 2 : (byte & 0xc0) === 0x80 ? 0 : 1), 0);
}

function withoutLeadingSpaces(chunks: readonly Chunk[]): readonly Chunk[] {
  const first = chunks.findIndex(({ text }) => text !== ' ');
  return first < 0 ? [] : chunks.slice(first);
}

/** Removes leading and repeated spaces, and trailing ones, where the space symbol counts too. */
function withoutExtraSpaces(chunks: readonly Chunk[], space: string): Chunk[] {
  const kept: Chunk[] = [];
  let afterSpace = true;
  for (const chunk of chunks) {
    const text: string = afterSpace ? chunk.text.replace(/^ +/, '') : chunk.text;
    if (text === '') continue;
    kept.push({ ...chunk, text });
    afterSpace = text.endsWith(' ');
  }
  for (let last = kept.pop(); last; last = kept.pop()) {
    const text: string = withoutTrailing(last.text, space);
    if (text === '') continue;
    kept.push({ ...last, text });
    break;
  }
  return kept;
}

function withoutTrailing(text: string, space: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === ' ' || text[end - 1] === space)) end--;
  return text.slice(0, end);
}
