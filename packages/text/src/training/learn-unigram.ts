import type { Pauses } from './training-options.js';
import { UnigramLattice } from './unigram-lattice.js';
import { seedPieces } from './unigram-pieces.js';

/** Rounds of estimation between two prunings, and the share of pieces that each pruning keeps (as in SentencePiece). */
const ROUNDS = 2;
const KEPT_SHARE = 0.75;
/** The expected count below which a piece is dropped at once. */
const LEAST_EXPECTED = 0.5;

/**
 * Learns the pieces of a unigram vocabulary (Kudo 2018, section 3.2): starts with many, estimates their probabilities
 * by expectation maximization, and drops those whose removal reduces the likelihood least, until `size` are left.
 *
 * @param counts counts of words
 * @param size number of pieces; all characters are kept if possible
 * @returns pieces with their log-probabilities, the most probable first
 */
export async function learnUnigram(
  counts: ReadonlyMap<string, number>,
  size: number,
  pauses: Pauses,
): Promise<readonly (readonly [string, number])[]> {
  const characters = new Set([...counts.keys()].flatMap((word) => [...word]));
  let pieces = seedPieces(counts, Math.max(10_000, size * 10));
  const target = Math.max(Math.ceil(size * 1.1), characters.size);
  const prunings = Math.ceil(Math.log(Math.max(1, pieces.size / target)) / -Math.log(KEPT_SHARE));
  for (let pruning = 0; ; pruning++) {
    for (let round = 0; round < ROUNDS; round++) {
      await pauses.pause({ phase: 'estimating', done: pruning * ROUNDS + round, total: (prunings + 1) * ROUNDS });
      pieces = await estimate(pieces, counts, characters, pauses);
    }
    if (pieces.size <= target) break;
    pieces = await prune(pieces, counts, characters, Math.max(target, Math.floor(pieces.size * KEPT_SHARE)), pauses);
  }
  const ranked = [...pieces].sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1));
  const required = ranked.filter(([piece]) => characters.has(piece));
  const others = ranked.filter(([piece]) => !characters.has(piece));
  const chosen = [...required, ...others].slice(0, size);
  return chosen.sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1));
}

/** One round of expectation maximization, with a Dirichlet prior that removes rare pieces. */
async function estimate(
  pieces: ReadonlyMap<string, number>,
  counts: ReadonlyMap<string, number>,
  characters: ReadonlySet<string>,
  pauses: Pauses,
): Promise<Map<string, number>> {
  const lattice = new UnigramLattice(pieces);
  const expected = new Float64Array(pieces.size);
  let done = 0;
  for (const [word, count] of counts) {
    lattice.addExpectations(word, count, expected);
    done++;
    if (pauses.isDue) await pauses.pause({ phase: 'estimating', done, total: counts.size });
  }
  const kept = [...pieces.keys()]
    .map((piece, id) => [piece, expected[id]!] as const)
    .filter(([piece, uses]) => uses >= LEAST_EXPECTED || characters.has(piece))
    .map(([piece, uses]) => [piece, Math.max(uses, LEAST_EXPECTED)] as const);
  const total = digamma(kept.reduce((sum, [, uses]) => sum + uses, 0));
  return new Map(kept.map(([piece, uses]) => [piece, digamma(uses) - total]));
}

/** Keeps the pieces whose removal would cost the most likelihood, and every character. */
async function prune(
  pieces: ReadonlyMap<string, number>,
  counts: ReadonlyMap<string, number>,
  characters: ReadonlySet<string>,
  size: number,
  pauses: Pauses,
): Promise<Map<string, number>> {
  const lattice = new UnigramLattice(pieces);
  const uses = new Float64Array(pieces.size);
  let done = 0;
  for (const [word, count] of counts) {
    for (const id of lattice.bestSpelling(word) ?? []) uses[id]! += count;
    done++;
    if (pauses.isDue) await pauses.pause({ phase: 'pruning', done, total: counts.size });
  }
  const total = uses.reduce((sum, use) => sum + use, 0);
  const losses = [...pieces.keys()].map((piece, id) => ({
    piece,
    loss: characters.has(piece) ? Infinity : lossWithout(piece, id, lattice, uses, total),
  }));
  losses.sort((a, b) => b.loss - a.loss || (a.piece < b.piece ? -1 : 1));
  const kept = new Set(losses.slice(0, size).map(({ piece }) => piece));
  return new Map([...pieces].filter(([piece]) => kept.has(piece)));
}

/** The log-likelihood lost when a piece is replaced by others, which then occur more often. */
function lossWithout(piece: string, id: number, lattice: UnigramLattice, uses: Float64Array, total: number): number {
  if (uses[id] === 0) return 0;
  const others = lattice.bestSpelling(piece, id);
  if (!others) return Infinity;
  const grown = Math.log(total + uses[id]! * (others.length - 1));
  const spelled = others.reduce((sum, other) => sum + Math.log(uses[other]! + uses[id]!) - grown, 0);
  return (uses[id]! / total) * (Math.log(uses[id]!) - Math.log(total) - spelled);
}

/** The digamma function, by recurrence and asymptotic series. */
function digamma(value: number): number {
  let [x, result] = [value, 0];
  for (; x < 7; x++) result -= 1 / x;
  x -= 0.5;
  const square = 1 / (x * x);
  return result + Math.log(x) + square / 24 - (7 * square ** 2) / 960 + (31 * square ** 3) / 8064;
}
