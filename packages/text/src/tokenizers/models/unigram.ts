import type { Vocabulary } from '../vocabulary.js';
import { resolveUnknown } from './resolve-unknown.js';
import { unspellable } from './unspellable.js';
import type { WordModel, WordPart } from './word-model.js';

export interface UnigramOptions {
  readonly vocabulary: Vocabulary;
  /** The log-probability of each piece, by id. */
  readonly scores: ArrayLike<number>;
  /** The id for unknown characters; -1 where there is none, and they are an error. */
  readonly unknownId: number;
  /** Ids of pieces that never occur in an encoding: control pieces, unused ones, bytes. */
  readonly hidden?: ReadonlySet<number> | undefined;
  /** Ids of pieces that are always matched. */
  readonly always?: ReadonlySet<number> | undefined;
  /** Whether unknown characters are encoded as byte tokens. */
  readonly byteFallback?: boolean | undefined;
  /**
   * Whether sums are stored in single precision but compared before rounding, as in SentencePiece, which decides ties;
   * default false.
   */
  readonly single?: boolean | undefined;
}

/** The penalty of an unknown character relative to the worst piece (SentencePiece's constant). */
const UNKNOWN_PENALTY = 10;

/**
 * The unigram model: the most probable segmentation, where pieces are drawn independently (Kudo 2018, equation 4), by
 * Viterbi.
 */
export class UnigramModel implements WordModel {
  readonly vocabulary: Vocabulary;
  readonly #options: UnigramOptions;
  readonly #trie = new PieceTrie();
  readonly #unknownScore: number;

  constructor(options: UnigramOptions) {
    this.vocabulary = options.vocabulary;
    this.#options = options;
    // SentencePiece initialises the largest score with the smallest positive number, which is then almost always the
    // result.
    let [least, most] = [Infinity, 2 ** -126];
    const normal: [string, number][] = [];
    for (const [token, id] of options.vocabulary.entries()) {
      if (id === options.unknownId || options.hidden?.has(id) || token === '') continue;
      normal.push([token, id]);
      if (options.always?.has(id)) continue;
      least = Math.min(least, options.scores[id]!);
      most = Math.max(most, options.scores[id]!);
    }
    for (const [token, id] of normal) {
      // Almost certain, regardless of the score in the file; SentencePiece's formula, which counts bytes.
      const score = options.always?.has(id) ? new TextEncoder().encode(token).length * most - 0.1 : options.scores[id]!;
      this.#trie.add(token, id, score);
    }
    this.#unknownScore = (Number.isFinite(least) ? least : 0) - UNKNOWN_PENALTY;
  }

  spell(word: string): readonly WordPart[] {
    const [ids, starts] = this.#bestPath(word);
    const parts: WordPart[] = [];
    for (let to = word.length; to > 0; to = starts[to]!) {
      parts.push({ id: ids[to]!, token: word.slice(starts[to]!, to), from: starts[to]!, to });
    }
    const resolved = resolveUnknown(parts.reverse(), this.#options);
    for (const { id, token } of resolved) if (id < 0) throw unspellable(token);
    return resolved;
  }

  /** For each position the last piece of the best segmentation up to there: its id and its start. */
  #bestPath(word: string): [Int32Array, Int32Array] {
    const best = new Float64Array(word.length + 1).fill(-Infinity);
    const ids = new Int32Array(word.length + 1);
    const starts = new Int32Array(word.length + 1);
    best[0] = 0;
    const round = this.#options.single ? Math.fround : (value: number) => value;
    let width = 1;
    for (let from = 0; from < word.length; from += width) {
      width = word.codePointAt(from)! > 0xffff ? 2 : 1;
      let hasSingle = false;
      const before = best[from]!;
      const reach = (to: number, score: number, id: number) => {
        if (before + score <= best[to]!) return;
        best[to] = round(before + score);
        ids[to] = id;
        starts[to] = from;
      };
      this.#trie.forEachPrefix(word, from, (to, id, score) => {
        reach(to, score, id);
        if (to === from + width) hasSingle = true;
      });
      if (!hasSingle) reach(from + width, round(before + this.#unknownScore) - before, this.#options.unknownId);
    }
    return [ids, starts];
  }
}

/** Pieces by their UTF-16 code units. */
class PieceTrie {
  readonly #children: Map<number, number>[] = [new Map()];
  readonly #ids: number[] = [-1];
  readonly #scores: number[] = [0];

  add(piece: string, id: number, score: number): void {
    let node = 0;
    for (let unit = 0; unit < piece.length; unit++) {
      const code = piece.charCodeAt(unit);
      let child = this.#children[node]!.get(code);
      if (child === undefined) {
        child = this.#children.push(new Map()) - 1;
        this.#ids.push(-1);
        this.#scores.push(0);
        this.#children[node]!.set(code, child);
      }
      node = child;
    }
    this.#ids[node] = id;
    this.#scores[node] = score;
  }

  /** Calls `visit` for every piece that starts at `from`, shortest first. */
  forEachPrefix(text: string, from: number, visit: (to: number, id: number, score: number) => void): void {
    let node: number | undefined = 0;
    for (let at = from; at < text.length; at++) {
      node = this.#children[node]!.get(text.charCodeAt(at));
      if (node === undefined) return;
      if (this.#ids[node]! >= 0) visit(at + 1, this.#ids[node]!, this.#scores[node]!);
    }
  }
}
