import type { AlignedText } from '../aligned-text.js';
import { joinApart } from '../decoders/join-apart.js';
import { textOfValidBytes } from '../decoders/text-of-bytes.js';
import type { Piece } from '../encoding.js';
import { SubwordTokenizer } from '../subword-tokenizer.js';
import { bracketTemplate } from '../template.js';
import { Vocabulary } from '../vocabulary.js';
import { checkSettings, MOST_SENTINELS, specialToken, spellings, TokenSettings, withIds } from './token-settings.js';
import type { TokenizerReader } from './tokenizer-folder.js';

const stripped = { stripLeft: true, stripRight: true };
const TOKENS = {
  end: specialToken('</s>', stripped),
  unknown: specialToken('<unk>', stripped),
  padding: specialToken('<pad>', stripped),
};
/** Padding, end and unknown come before the bytes. */
const FIRST_BYTE = 3;

/**
 * The ByT5 tokenizer: bytes of UTF-8, shifted by three special tokens (Xue et al. 2022), as in Python's
 * `ByT5Tokenizer`.
 *
 * @param settings `extra_ids` (default 125), special tokens
 */
export function byT5Tokenizer(settings = new TokenSettings()): SubwordTokenizer {
  checkSettings('byT5Tokenizer', settings);
  settings.requireClass(['ByT5Tokenizer']);
  const roles = settings.roles(TOKENS);
  const special = [roles.padding, roles.end, roles.unknown].map((token) => token?.content ?? '');
  const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
  const vocabulary = Vocabulary.ofList([...special, ...bytes]);
  const extra = settings.additional ?? extraIds(settings.count('extra_ids', MOST_SENTINELS) ?? 125);
  const addedTokens = withIds(vocabulary, [...Object.values(roles), ...extra], settings.fixed);
  const added = new Set(addedTokens.map(({ content }) => content));
  const apart = new Set(extra.map(({ content }) => content));
  const end = vocabulary.idOf(roles.end?.content ?? '');
  return new SubwordTokenizer({
    vocabulary,
    addedTokens,
    specialTokens: spellings(roles),
    split: bytePieces,
    join: (tokens) => joinApart(tokens, apart, (run) => textOfTokens(run, added)),
    template: bracketTemplate({ end }),
    ...settings.sides,
    files: () => ({ 'tokenizer_config.json': { ...settings.values, tokenizer_class: 'ByT5Tokenizer' } }),
  });
}

function extraIds(count: number) {
  return Array.from({ length: count }, (_, index) => specialToken(`<extra_id_${index}>`));
}

/** A piece for each byte; all bytes of a character have the range of the character. */
function bytePieces(text: AlignedText): Piece[] {
  const encoder = new TextEncoder();
  const pieces: Piece[] = [];
  let [at, word] = [0, 0];
  for (const character of text.text) {
    const [start, end] = text.range(at, at + character.length);
    for (const byte of encoder.encode(character)) {
      pieces.push({ id: byte + FIRST_BYTE, token: String.fromCharCode(byte), start, end, word });
    }
    at += character.length;
    word++;
  }
  return pieces;
}

function textOfTokens(tokens: readonly string[], added: ReadonlySet<string>): string {
  const encoder = new TextEncoder();
  return textOfValidBytes(
    tokens.flatMap((token) => (added.has(token) ? [...encoder.encode(token)] : [token.charCodeAt(0)])),
  );
}

export const byT5Reader: TokenizerReader = {
  name: 'ByT5 (tokenizer_config.json alone)',
  read: async (folder) => {
    const settings = await folder.settings();
    return settings.className === 'ByT5Tokenizer' ? byT5Tokenizer(settings) : null;
  },
};
