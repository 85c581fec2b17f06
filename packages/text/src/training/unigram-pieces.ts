import { Heap } from '../tokenizers/models/heap.js';

/** Maximum length of pieces, in characters. */
const LONGEST_PIECE = 16;

/**
 * The seed pieces: every character, and the substrings of words with the largest count times length (as in
 * SentencePiece's trainer).
 *
 * @param size number of substrings, not counting characters
 */
export function seedPieces(counts: ReadonlyMap<string, number>, size: number): Map<string, number> {
  const characters = new Map<string, number>();
  const substrings = new Map<string, number>();
  for (const [word, count] of counts) {
    const units = [...word];
    for (let from = 0; from < units.length; from++) {
      characters.set(units[from]!, (characters.get(units[from]!) ?? 0) + count);
      let piece = units[from]!;
      for (let to = from + 1; to < Math.min(units.length, from + LONGEST_PIECE); to++) {
        piece += units[to]!;
        substrings.set(piece, (substrings.get(piece) ?? 0) + count);
      }
    }
  }
  const best = new Heap<{ readonly piece: string; readonly saving: number }>(
    (a, b) => a.saving < b.saving || (a.saving === b.saving && a.piece > b.piece),
  );
  let kept = 0;
  for (const [piece, count] of substrings) {
    if (count < 2) continue;
    best.push({ piece, saving: count * [...piece].length });
    if (++kept > size) best.pop();
  }
  const savings: [string, number][] = [];
  for (let next = best.pop(); next; next = best.pop()) savings.push([next.piece, next.saving]);
  return logProbabilities(new Map([...characters, ...savings.reverse()]));
}

function logProbabilities(weights: ReadonlyMap<string, number>): Map<string, number> {
  const total = Math.log([...weights.values()].reduce((sum, weight) => sum + weight, 0));
  return new Map(Array.from(weights, ([piece, weight]) => [piece, Math.log(weight) - total]));
}
