import { characterOfByte } from '../models/byte-tokens.js';
import { bertNormalizer } from '../normalizers/bert.js';
import { lowercase, type Normalizer, normalizeInTurn } from '../normalizers/normalizer.js';
import { CharacterMap, mapGraphemes } from '../normalizers/precompiled.js';
import { trimEnd, trimStart } from '../white-space.js';
import { type Fields, wrong } from './fields.js';
import { patternOf } from './pattern.js';

type Make = (fields: Fields) => Normalizer;

const kinds: Readonly<Record<string, Make>> = {
  Sequence: (fields) => normalizeInTurn(fields.children('normalizers').map(normalizerOf)),
  BertNormalizer: (fields) =>
    bertNormalizer({
      cleanText: fields.flag('clean_text', true),
      chineseCharacters: fields.flag('handle_chinese_chars', true),
      lowercase: fields.flag('lowercase', true),
      stripAccents: fields.has('strip_accents') ? fields.flag('strip_accents') : undefined,
    }),
  NFC: () => (text) => text.normalize('NFC'),
  NFD: () => (text) => text.normalize('NFD'),
  NFKC: () => (text) => text.normalize('NFKC'),
  NFKD: () => (text) => text.normalize('NFKD'),
  Lowercase: () => lowercase,
  StripAccents: () => (text) => text.mapCharacters((character) => (/\p{M}/u.test(character) ? '' : character)),
  Strip: (fields) => {
    const [left, right] = [fields.flag('strip_left', true), fields.flag('strip_right', true)];
    return (text) => {
      const from = left ? text.length - trimStart(text.text).length : 0;
      const to = right ? trimEnd(text.text).length : text.length;
      return text.slice(Math.min(from, to), to);
    };
  },
  Replace: (fields) => {
    const [pattern, content] = [patternOf(fields.child('pattern')), fields.text('content')];
    return (text) => text.replaceAll(pattern, content);
  },
  Prepend: (fields) => {
    const prefix = fields.text('prepend');
    return (text) => (text.length ? text.prepend(prefix) : text);
  },
  // Files without a mapping have null here.
  Precompiled: (fields) =>
    fields.has('precompiled_charsmap')
      ? mapGraphemes(new CharacterMap(bytesOfBase64(fields.text('precompiled_charsmap'), fields.where)))
      : (text) => text,
  Nmt: () => (text) => text.mapCharacters(nmt),
  ByteLevel: () => (text) => text.mapCharacters(toByteCharacters),
};

/** The normalizer of a `tokenizer.json`. */
export function normalizerOf(fields: Fields): Normalizer {
  const make = Object.hasOwn(kinds, fields.type) ? kinds[fields.type] : undefined;
  return make ? make(fields) : fields.refuse('normalizer');
}

function bytesOfBase64(text: string, where: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw wrong(`${where}, precompiled_charsmap`, 'bytes in base64', text);
  }
}

/** Removes control characters and converts white space to spaces, as in Google's translation models. */
function nmt(character: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are removed
  if (/[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]/.test(character)) return '';
  return /[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/.test(character) ? ' ' : character;
}

function toByteCharacters(character: string): string {
  return [...new TextEncoder().encode(character)].map((byte) => characterOfByte[byte]).join('');
}
