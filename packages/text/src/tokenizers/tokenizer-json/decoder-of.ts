import { AlignedText } from '../aligned-text.js';
import { cleanUpSpaces } from '../decoders/clean-up-spaces.js';
import {
  type Decoder,
  decodeByteFallback,
  decodeByteLevel,
  decodeInTurn,
  decodeMetaspace,
  decodeWordPiece,
  fuse,
  strip,
} from '../decoders/decoder.js';
import type { Fields } from './fields.js';
import { patternOf } from './pattern.js';
import { prependOf } from './splitter-of.js';

type Make = (fields: Fields) => Decoder;

const kinds: Readonly<Record<string, Make>> = {
  Sequence: (fields) => decodeInTurn(fields.children('decoders').map(decoderOf)),
  ByteLevel: () => decodeByteLevel,
  ByteFallback: () => decodeByteFallback,
  Fuse: () => fuse,
  WordPiece: (fields) =>
    decodeWordPiece(fields.text('prefix', '##'), fields.flag('cleanup', true) ? cleanUpSpaces : undefined),
  Metaspace: (fields) => decodeMetaspace(fields.text('replacement', '\u2581'), prependOf(fields) !== 'never'),
  BPEDecoder: (fields) => {
    const suffix = fields.text('suffix', '</w>');
    return (tokens) => tokens.map((token, index) => token.replaceAll(suffix, index === tokens.length - 1 ? '' : ' '));
  },
  Replace: (fields) => {
    const [pattern, content] = [patternOf(fields.child('pattern')), fields.text('content')];
    return (texts) => texts.map((text) => AlignedText.of(text).replaceAll(pattern, content).text);
  },
  Strip: (fields) => strip(fields.text('content', ' '), fields.integer('start', 0), fields.integer('stop', 0)),
};

/** The decoder of a `tokenizer.json`. */
export function decoderOf(fields: Fields): Decoder {
  const make = Object.hasOwn(kinds, fields.type) ? kinds[fields.type] : undefined;
  return make ? make(fields) : fields.refuse('decoder');
}
