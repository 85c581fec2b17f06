import { SequiturError } from '@sequitur/core';
import { check } from './options.js';
import type { TemplateItem } from './template.js';
import type { Encoding, Offsets, Padding, Truncation } from './tokenizer.js';

/** A token and its range in the original text. */
export interface Piece {
  readonly id: number;
  readonly token: string;
  readonly start: number;
  readonly end: number;
  /** Index of the word in the text; pieces of one word share it. */
  readonly word: number;
}

/** Concatenates the pieces of consecutive spans of a text; word indices continue. */
export function joinPieces(stretches: Iterable<readonly Piece[]>): Piece[] {
  const joined: Piece[] = [];
  let next = 0;
  for (const pieces of stretches) {
    const first = next - (pieces[0]?.word ?? 0);
    for (const piece of pieces) joined.push(first === 0 ? piece : { ...piece, word: piece.word + first });
    if (pieces.length > 0) next = joined.at(-1)!.word + 1;
  }
  return joined;
}

/** Fills a template with the pieces of one or two texts. */
export function fillTemplate(
  items: readonly TemplateItem[],
  texts: readonly (readonly Piece[])[],
  spell: (id: number) => string,
): Encoding {
  const [ids, tokens, tokenTypes]: [number[], string[], number[]] = [[], [], []];
  const offsets: Offsets[] = [];
  const sequences: (0 | 1 | null)[] = [];
  const words: (number | null)[] = [];
  for (const item of items) {
    const pieces =
      'token' in item
        ? [{ id: item.token, token: spell(item.token), start: 0, end: 0, word: null }]
        : (texts[item.sequence] ?? []);
    for (const { id, token, start, end, word } of pieces) {
      ids.push(id);
      tokens.push(token);
      offsets.push([start, end]);
      tokenTypes.push(item.typeId);
      sequences.push('token' in item ? null : item.sequence);
      words.push(word);
    }
  }
  return { ids, tokens, offsets, tokenTypes, attentionMask: ids.map(() => 1), sequences, words };
}

/**
 * Truncates texts so that they and `reserved` special tokens fit.
 *
 * @throws SequiturError where the text that may be truncated is too short for that
 */
export function truncate(
  texts: readonly (readonly Piece[])[],
  { maxLength, strategy = 'longestFirst', side = 'right' }: Truncation,
  reserved: number,
  cutLongest: CutLongest = tokenByToken,
): readonly (readonly Piece[])[] {
  const lengths = texts.map((pieces) => pieces.length);
  const surplus = lengths.reduce((sum, length) => sum + length, reserved) - maxLength;
  if (surplus <= 0) return texts;
  const kept = strategy === 'longestFirst' ? cutPair(lengths, surplus, cutLongest) : cutOne(lengths, surplus, strategy);
  return texts.map((pieces, index) => {
    const length = kept[index]!;
    return side === 'right' ? pieces.slice(0, length) : pieces.slice(pieces.length - length);
  });
}

/** A rule for truncating two texts: the number of tokens of each that are kept, `room` in total. */
export type CutLongest = (first: number, second: number, room: number) => readonly [number, number];

/** Removes tokens one by one from the longer text, the second on a tie, as in Python's slow tokenizers. */
export const tokenByToken: CutLongest = (first, second, room) => {
  const surplus = first + second - room;
  const fromLonger = Math.min(surplus, Math.abs(first - second));
  const rest = surplus - fromLonger;
  const [a, b] = first > second ? [first - fromLonger, second] : [first, second - fromLonger];
  return [a - Math.floor(rest / 2), b - Math.ceil(rest / 2)];
};

/**
 * Keeps half of the room of each text; an odd token is kept of the longer one, of the second on a tie, as in the Rust
 * library.
 */
export const byHalves: CutLongest = (first, second, room) => {
  const [shorter, longer] = first <= second ? [first, second] : [second, first];
  const half = Math.min(shorter, Math.floor(room / 2));
  const kept = [half, Math.min(longer, room - half)] as const;
  return first <= second ? kept : [kept[1], kept[0]];
};

function cutPair(lengths: readonly number[], surplus: number, cutLongest: CutLongest): readonly number[] {
  const room = lengths.reduce((sum, length) => sum + length, 0) - surplus;
  if (room < 0) throw tooLong(-room, 'the special tokens only');
  return lengths.length > 1 ? cutLongest(lengths[0]!, lengths[1]!, room) : [room];
}

function cutOne(lengths: readonly number[], surplus: number, strategy: 'onlyFirst' | 'onlySecond'): number[] {
  const index = strategy === 'onlyFirst' ? 0 : 1;
  if ((lengths[index] ?? 0) <= surplus)
    throw tooLong(surplus, `only ${lengths[index] ?? 0} tokens that may be truncated`);
  return lengths.map((length, at) => (at === index ? length - surplus : length));
}

function tooLong(surplus: number, left: string): SequiturError {
  return new SequiturError({
    where: 'tokenize, truncation',
    expected: `texts that can be truncated by ${surplus} tokens`,
    got: left,
    fix: "Allow a larger maxLength, or truncate both texts with strategy 'longestFirst'",
  });
}

/** Pads encodings to one length. */
export function padEncodings(
  encodings: readonly Encoding[],
  options: Padding,
  padding: { readonly id: number; readonly token: string; readonly typeId: number },
): Encoding[] {
  check.padEncodings(encodings, options);
  const { length, multipleOf = 1, side = 'right' } = options;
  const longest = length ?? encodings.reduce((most, { ids }) => Math.max(most, ids.length), 0);
  const target = Math.ceil(longest / multipleOf) * multipleOf;
  return encodings.map((encoding) => {
    const missing = target - encoding.ids.length;
    if (missing <= 0) return encoding;
    const fill = <T>(values: readonly T[], value: T): T[] => {
      const filler = new Array<T>(missing).fill(value);
      return side === 'right' ? [...values, ...filler] : [...filler, ...values];
    };
    return {
      ids: fill(encoding.ids, padding.id),
      tokens: fill(encoding.tokens, padding.token),
      offsets: fill(encoding.offsets, [0, 0]),
      tokenTypes: fill(encoding.tokenTypes, padding.typeId),
      attentionMask: fill(encoding.attentionMask, 0),
      sequences: fill(encoding.sequences, null),
      words: fill(encoding.words, null),
    };
  });
}
