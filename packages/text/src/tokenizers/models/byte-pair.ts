import { SequiturError, showValue } from '@sequitur/core';
import type { Vocabulary } from '../vocabulary.js';
import { byteToken } from './byte-tokens.js';
import { mergePairs, type PairRank } from './merge-pairs.js';
import { SpellingCache, type WordModel, type WordPart } from './word-model.js';

export interface BytePairOptions {
  readonly vocabulary: Vocabulary;
  /** The merges: pairs of tokens, in their order. */
  readonly merges: Iterable<readonly [string, string]>;
  /** The token of characters outside the vocabulary; without it they are dropped, as in the Rust library. */
  readonly unknown?: string | undefined;
  /** Whether a run of unknown characters becomes one unknown token. */
  readonly fuseUnknown?: boolean | undefined;
  /** Whether unknown characters are encoded as byte tokens, `<0x41>`. */
  readonly byteFallback?: boolean | undefined;
  /** Whether a word that is a token is kept without regard to merges (`ignore_merges`). */
  readonly wholeWords?: boolean | undefined;
  readonly continuation?: string | undefined;
  readonly endOfWord?: string | undefined;
}

/**
 * Byte-pair encoding, BPE: characters are merged pair by pair in the order that training found (Sennrich et al. 2016).
 */
export class BytePairModel implements WordModel {
  readonly vocabulary: Vocabulary;
  readonly #options: Omit<BytePairOptions, 'merges'>;
  readonly #pairs = new Map<number, { readonly rank: number; readonly id: number }>();
  readonly #cache = new SpellingCache();

  /** @throws SequiturError where a merge contains a token outside the vocabulary */
  constructor({ merges, ...options }: BytePairOptions) {
    this.vocabulary = options.vocabulary;
    this.#options = options;
    let rank = 0;
    for (const [left, right] of merges) {
      const joined = left + right.slice(options.continuation?.length ?? 0);
      const [a, b, id] = [left, right, joined].map((token) => this.vocabulary.idOf(token));
      if (a === undefined || b === undefined || id === undefined) {
        const got = `${showValue([left, right])}, the merge at ${rank}`;
        throw new SequiturError({
          where: 'merges of a byte-pair vocabulary',
          expected: 'tokens of the vocabulary',
          got,
        });
      }
      const key = pairKey(a, b);
      if (!this.#pairs.has(key)) this.#pairs.set(key, { rank, id });
      rank++;
    }
  }

  spell(word: string): readonly WordPart[] {
    return this.#cache.spell(word, () => this.#merge(word));
  }

  readonly #rankOf: PairRank = (left, right) => this.#pairs.get(pairKey(left, right));

  #merge(word: string): WordPart[] {
    const whole = this.#options.wholeWords ? this.vocabulary.idOf(word) : undefined;
    if (whole !== undefined) return [{ id: whole, token: word, from: 0, to: word.length }];
    const [symbols, symbolEnds] = this.#symbols(word);
    const [ids, ends] = mergePairs(symbols, symbolEnds, this.#rankOf);
    return ids.map((id, index) => {
      const to = ends[index]!;
      const from = index > 0 ? ends[index - 1]! : 0;
      // Each byte token of a character covers the whole character.
      const start = from === to ? startOfCharacter(word, to) : from;
      return { id, token: this.vocabulary.tokenOf(id)!, from: start, to };
    });
  }

  /** The tokens of single characters, and their end positions. */
  #symbols(word: string): [number[], number[]] {
    const { continuation = '', endOfWord = '', unknown = '', fuseUnknown } = this.#options;
    const unknownId = this.vocabulary.idOf(unknown);
    const [ids, ends]: [number[], number[]] = [[], []];
    let end = 0;
    let unknownBefore = false;
    for (const character of word) {
      const begin = end;
      end += character.length;
      const token = (begin > 0 ? continuation : '') + character + (end === word.length ? endOfWord : '');
      const spelled = this.#ofCharacter(token, character);
      const isUnknown = spelled === null;
      if (isUnknown && unknownId === undefined) continue;
      if (isUnknown && unknownBefore && fuseUnknown) ends[ends.length - 1] = end;
      else {
        for (const id of spelled ?? [unknownId!]) {
          ids.push(id);
          ends.push(end);
        }
      }
      unknownBefore = isUnknown;
    }
    return [ids, ends];
  }

  #ofCharacter(token: string, character: string): number[] | null {
    const id = this.vocabulary.idOf(token);
    if (id !== undefined) return [id];
    if (!this.#options.byteFallback) return null;
    const bytes = [...new TextEncoder().encode(character)].map((byte) => this.vocabulary.idOf(byteToken(byte)));
    return bytes.includes(undefined) ? null : (bytes as number[]);
  }
}

function pairKey(left: number, right: number): number {
  return left * 2 ** 26 + right;
}

function startOfCharacter(word: string, end: number): number {
  const code = word.charCodeAt(end - 1);
  return end >= 2 && code >= 0xdc00 && code <= 0xdfff ? end - 2 : end - 1;
}
