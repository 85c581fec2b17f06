import { escaped } from '../added-tokens.js';
import type { AlignedText } from '../aligned-text.js';
import type { SentencePieceFile } from './model-file.js';

/** SentencePiece's sign for a space. */
export const SPACE = '\u2581';

/** What stands for a stretch of the text. */
interface Chunk {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** SentencePiece's normalization (Kudo and Richardson 2018, section 3.2; its `normalizer.cc`), with alignment. */
export function sentencePieceNormalizer(file: SentencePieceFile): (text: AlignedText) => AlignedText {
  const userDefined = userDefinedPattern(file);
  return (text) => {
    const chunks = file.removeExtraSpaces
      ? withoutExtraSpaces(chunksOf(text, file, userDefined))
      : chunksOf(text, file, userDefined);
    if (chunks.length === 0) return text.slice(0, 0);
    const space = file.escapeSpaces ? SPACE : ' ';
    return text.rewrite((add) => {
      const [first, last] = [chunks[0]!.from, chunks.at(-1)!.to];
      if (file.dummyPrefix && !file.spaceAsSuffix) add(space, first, first);
      for (const { text: chunk, from, to } of chunks) add(chunk.replaceAll(' ', space), from, to);
      if (file.dummyPrefix && file.spaceAsSuffix) add(space, last, last);
    });
  };
}

/** The longest piece that is to be taken wherever it stands; null where there is none. */
export function userDefinedPattern({ pieces }: SentencePieceFile): RegExp | null {
  const own = pieces.filter(({ kind, piece }) => kind === 'userDefined' && piece !== '').map(({ piece }) => piece);
  const longestFirst = own.sort((a, b) => b.length - a.length).map(escaped);
  return longestFirst.length ? new RegExp(longestFirst.join('|'), 'uy') : null;
}

function chunksOf(text: AlignedText, { characterMap }: SentencePieceFile, userDefined: RegExp | null): Chunk[] {
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
    const own = userDefined && matchAt(userDefined, text.text, at);
    const match = !own && bytes ? characterMap!.longestMatch(bytes, byte) : null;
    const width = text.text.codePointAt(at)! > 0xffff ? 2 : 1;
    if (own) take(own, at + own.length);
    else if (match) take(match.replacement, at + unitsOf(bytes!.subarray(byte, byte + match.length)));
    else take(text.text.slice(at, at + width), at + width);
  }
  return chunks;
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

/** How many UTF-16 code units bytes of UTF-8 stand for. */
function unitsOf(bytes: Uint8Array): number {
  return bytes.reduce((units, byte) => units + (byte >= 0xf0 ? 2 : (byte & 0xc0) === 0x80 ? 0 : 1), 0);
}

/** No spaces at the beginning and the end, nor after another. */
function withoutExtraSpaces(chunks: readonly Chunk[]): Chunk[] {
  const kept: Chunk[] = [];
  let afterSpace = true;
  for (const chunk of chunks) {
    const text: string = afterSpace ? chunk.text.replace(/^ +/, '') : chunk.text;
    if (text === '') continue;
    kept.push({ ...chunk, text });
    afterSpace = text.endsWith(' ');
  }
  for (let last = kept.pop(); last; last = kept.pop()) {
    const text = last.text.replace(/ +$/, '');
    if (text === '') continue;
    kept.push({ ...last, text });
    break;
  }
  return kept;
}
