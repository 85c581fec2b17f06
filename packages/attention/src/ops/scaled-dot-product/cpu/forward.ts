import { HIDDEN } from '../reference/forward.js';
import { adjust, BLOCK, dropoutFactor, evenKeys, type Head, type Pair, pairsOf, seesSome } from './head.js';
import { addProducts, products, type Rows } from './products.js';

/** The rows of one head. */
export interface HeadRows {
  readonly query: Rows; // [queries, headSize], times the scale
  readonly key: Rows; // [keyLength, headSize]
  readonly value: Rows; // [keyLength, valueSize]
}

/**
 * The forward pass of one head in blocks (Dao et al. 2022, algorithm 1): fills `output` [queries, valueSize] and
 * `logSumExp`.
 */
export function forwardHead(head: Head, { query, key, value }: HeadRows, output: Rows, logSumExp: Float32Array): void {
  const s = new Float64Array(BLOCK * BLOCK);
  const [tops, totals] = [new Float64Array(BLOCK), new Float64Array(BLOCK)];
  const factor = dropoutFactor(head);
  for (let first = 0; first < head.queries; first += BLOCK) {
    tops.fill(HIDDEN);
    totals.fill(0);
    const sums = from(output, first);
    for (const pair of pairsOf(head, first / BLOCK)) {
      products(pair.rows, pair.count, from(query, first), from(key, pair.key), s, BLOCK);
      adjust(head, pair, s);
      softmaxStep(pair, s, tops, totals, sums);
      if (factor) multiplyEach(pair, s, factor);
      addProducts(pair.rows, pair.count, s, { row: BLOCK, column: 1 }, from(value, pair.key), sums);
    }
    for (let row = 0; row < Math.min(BLOCK, head.queries - first); row++) {
      if (totals[row] === 0 && !seesSome(head, first + row)) {
        logSumExp[first + row] = HIDDEN;
        addMean(evenKeys(head, first + row), value, sums, row);
      } else {
        logSumExp[first + row] = totals[row] === 0 ? Number.NaN : tops[row]! + Math.log(totals[row]!);
        scaleRow(sums, row, 1 / totals[row]!);
      }
    }
  }
}

/** The rows from `row` on. */
export function from({ values, start, width }: Rows, row: number): Rows {
  return { values, start: start + row * width, width };
}

/**
 * One step of online softmax: scores become exp(score - max), and earlier sums are rescaled to the new maximum. A NaN
 * is never the maximum, but becomes a weight and so enters the sum.
 */
function softmaxStep({ rows, count }: Pair, s: Float64Array, tops: Float64Array, totals: Float64Array, o: Rows): void {
  for (let row = 0; row < rows; row++) {
    const [start, end] = [row * BLOCK, row * BLOCK + count];
    let top = tops[row]!;
    for (let at = start; at < end; at++) if (s[at]! > top) top = s[at]!;
    if (top > tops[row]!) {
      const keep = Math.exp(tops[row]! - top);
      totals[row]! *= keep;
      scaleRow(o, row, keep);
      tops[row] = top;
    }
    let sum = 0;
    const shift = top === HIDDEN ? 0 : top;
    for (let at = start; at < end; at++) {
      const weight = Math.exp(s[at]! - shift);
      s[at] = weight;
      sum += weight;
    }
    totals[row]! += sum;
  }
}

export function multiplyEach(pair: Pair, s: Float64Array, factor: (query: number, key: number) => number): void {
  for (let row = 0; row < pair.rows; row++) {
    for (let column = 0; column < pair.count; column++) {
      s[row * BLOCK + column]! *= factor(pair.query + row, pair.key + column);
    }
  }
}

function scaleRow({ values, start, width }: Rows, row: number, factor: number): void {
  for (let at = start + row * width; at < start + (row + 1) * width; at++) values[at]! *= factor;
}

function addMean(keys: readonly number[], value: Rows, { values, start, width }: Rows, row: number): void {
  for (const key of keys) {
    const at = value.start + key * width;
    for (let d = 0; d < width; d++) values[start + row * width + d]! += value.values[at + d]! / keys.length;
  }
}
