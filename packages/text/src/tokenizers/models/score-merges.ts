import type { Literals } from '../literals.js';
import type { Vocabulary } from '../vocabulary.js';
import { mergePairs } from './merge-pairs.js';
import { resolveUnknown } from './resolve-unknown.js';
import type { WordModel, WordPart } from './word-model.js';

export interface ScoreMergesOptions {
  readonly vocabulary: Vocabulary;
  /** Scores by id; adjacent pieces whose merged piece has the highest score are merged first. */
  readonly scores: ArrayLike<number>;
  readonly unknownId: number;
  /** Ids of pieces that never occur in an encoding. */
  readonly hidden: ReadonlySet<number>;
  /** Ids of pieces that are merged, but split again at the end. */
  readonly unused: ReadonlySet<number>;
  /** Pieces that are matched first and never merged. */
  readonly frozen: Literals | null;
  readonly byteFallback: boolean;
}

/** SentencePiece's BPE: two adjacent pieces may merge whenever the result is a piece (its `bpe_model.cc`). */
export class ScoreMergesModel implements WordModel {
  readonly vocabulary: Vocabulary;
  readonly #options: ScoreMergesOptions;
  readonly #ranks: ReadonlyMap<number, number>;

  constructor(options: ScoreMergesOptions) {
    this.vocabulary = options.vocabulary;
    this.#options = options;
    const descending = [...new Set(Array.from(options.scores))].sort((a, b) => b - a);
    this.#ranks = new Map(descending.map((score, rank) => [score, rank]));
  }

  spell(word: string): readonly WordPart[] {
    const symbols = new Symbols();
    const [ids, ends]: [number[], number[]] = [[], []];
    for (let at = 0; at < word.length; at = ends.at(-1)!) {
      const frozen = this.#options.frozen?.longestAt(word, at) ?? null;
      const token = frozen ?? String.fromCodePoint(word.codePointAt(at)!);
      ids.push(symbols.idOf(token, frozen !== null));
      ends.push(at + token.length);
    }
    const apart = new Map<string, readonly [string, string]>();
    const [merged, mergedEnds] = mergePairs(ids, ends, (left, right) => {
      const [a, b] = [symbols.mergeable(left), symbols.mergeable(right)];
      if (a === null || b === null) return undefined;
      const piece = this.#pieceOf(a + b);
      if (piece === undefined) return undefined;
      if (this.#options.unused.has(piece)) apart.set(a + b, [a, b]);
      return { rank: this.#ranks.get(this.#options.scores[piece]!)!, id: symbols.idOf(a + b, false) };
    });
    const parts = merged.flatMap((symbol, index) =>
      this.#takenApart(symbols.textOf(symbol), mergedEnds[index - 1] ?? 0, apart),
    );
    return resolveUnknown(parts, this.#options);
  }

  #pieceOf(token: string): number | undefined {
    const id = this.vocabulary.idOf(token);
    return id === undefined || this.#options.hidden.has(id) ? undefined : id;
  }

  /** The parts of a token; the token itself unless it is unused. */
  #takenApart(token: string, from: number, apart: ReadonlyMap<string, readonly [string, string]>): WordPart[] {
    const id = this.vocabulary.idOf(token) ?? this.#options.unknownId;
    const halves = this.#options.unused.has(id) ? apart.get(token) : undefined;
    if (!halves) return [{ id, token, from, to: from + token.length }];
    const [left, right] = halves;
    return [...this.#takenApart(left, from, apart), ...this.#takenApart(right, from + left.length, apart)];
  }
}

/** Ids for the strings of a word; a frozen string differs from the same string unfrozen. */
class Symbols {
  readonly #ids = new Map<string, number>();
  readonly #texts: { readonly text: string; readonly isFrozen: boolean }[] = [];

  idOf(text: string, isFrozen: boolean): number {
    const key = `${isFrozen ? 1 : 0}${text}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#ids.set(key, this.#texts.length);
    return this.#texts.push({ text, isFrozen }) - 1;
  }

  textOf(id: number): string {
    return this.#texts[id]!.text;
  }

  /** The string, or null where it must not be merged. */
  mergeable(id: number): string | null {
    const { text, isFrozen } = this.#texts[id]!;
    return isFrozen ? null : text;
  }
}
