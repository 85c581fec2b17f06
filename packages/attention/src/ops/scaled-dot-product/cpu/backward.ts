import { HIDDEN } from '../reference/forward.js';
import { from, type HeadRows, multiplyEach } from './forward.js';
import { adjust, BLOCK, dropoutFactor, evenKeys, type Head, type Pair, pairsOf } from './head.js';
import { addProducts, products, type Rows } from './products.js';

/** The output of one head and the gradients with respect to it. */
export interface HeadResult {
  readonly output: Rows; // [queries, valueSize]
  readonly logSumExp: Float32Array; // [queries]
  readonly dOutput: Rows;
  readonly dLogSumExp: Float32Array;
}

/** The gradient accumulators of one head; those of keys and values are shared by all heads of a group. */
export interface HeadGradients {
  readonly query: Rows;
  readonly key: Rows;
  readonly value: Rows;
  readonly bias: Float32Array | undefined;
  readonly relative: Float32Array | undefined;
}

/** The backward pass in blocks (Dao et al. 2022, algorithm 4); formulas: `attentionGradientReference`. */
export function backwardHead(head: Head, given: HeadRows, result: HeadResult, gradients: HeadGradients): void {
  const { query, key, value } = given;
  const [s, ds] = [new Float64Array(BLOCK * BLOCK), new Float64Array(BLOCK * BLOCK)];
  const slopes = head.options.softCap ? new Float64Array(BLOCK * BLOCK) : undefined;
  const factor = dropoutFactor(head);
  const [straight, turned] = [
    { row: BLOCK, column: 1 },
    { row: 1, column: BLOCK },
  ];
  for (let first = 0; first < head.queries; first += BLOCK) {
    const dOutput = from(result.dOutput, first);
    const drifts = driftsOf(head, result, first, gradients.value);
    const sums = weightSums(head, given, result, first, s);
    for (const pair of pairsOf(head, first / BLOCK)) {
      products(pair.rows, pair.count, from(query, first), from(key, pair.key), s, BLOCK);
      products(pair.rows, pair.count, dOutput, from(value, pair.key), ds, BLOCK);
      adjust(head, pair, s, slopes);
      weigh(pair, s, sums);
      if (factor) multiplyEach(pair, ds, factor);
      slope(pair, s, ds, drifts);
      if (factor) multiplyEach(pair, s, factor);
      addToBiases(head, pair, ds, gradients);
      if (slopes) for (let at = 0; at < ds.length; at++) ds[at]! *= slopes[at]!;
      addProducts(pair.count, pair.rows, s, turned, dOutput, from(gradients.value, pair.key));
      addProducts(pair.count, pair.rows, ds, turned, from(query, first), from(gradients.key, pair.key));
      addProducts(pair.rows, pair.count, ds, straight, from(key, pair.key), from(gradients.query, first));
    }
  }
}

/** Σ dO O - dL of each query of a block; the gradients of fully masked queries go to the values at once. */
function driftsOf(head: Head, result: HeadResult, first: number, dValue: Rows): Float64Array {
  const drifts = new Float64Array(BLOCK);
  const { output, dOutput, logSumExp, dLogSumExp } = result;
  const { width } = output;
  for (let row = 0; row < Math.min(BLOCK, head.queries - first); row++) {
    const [x, y] = [output.start + (first + row) * width, dOutput.start + (first + row) * width];
    let sum = 0;
    for (let d = 0; d < width; d++) sum += output.values[x + d]! * dOutput.values[y + d]!;
    drifts[row] = sum - dLogSumExp[first + row]!;
    if (logSumExp[first + row] !== HIDDEN) continue;
    const keys = evenKeys(head, first + row);
    for (const key of keys) {
      for (let d = 0; d < width; d++) {
        dValue.values[dValue.start + key * width + d]! += dOutput.values[y + d]! / keys.length;
      }
    }
  }
  return drifts;
}

/** From this logarithm on, its rounding to float32 is visible in the weights. */
const LARGE = 64;

/** The normalisation of a block of queries: weights are exp(score - log) / total. */
interface WeightSums {
  readonly logs: Float32Array;
  readonly totals: Float64Array;
}

/**
 * The logarithms of a block of queries, and the sum of their weights where float32 is too coarse for the logarithm,
 * else 1.
 */
function weightSums(
  head: Head,
  given: HeadRows,
  { logSumExp }: HeadResult,
  first: number,
  s: Float64Array,
): WeightSums {
  const logs = logSumExp.subarray(first, first + BLOCK);
  const ones = new Float64Array(BLOCK).fill(1);
  if (logs.every((log) => log === HIDDEN || Math.abs(log) < LARGE)) return { logs, totals: ones };
  const totals = new Float64Array(BLOCK);
  for (const pair of pairsOf(head, first / BLOCK)) {
    products(pair.rows, pair.count, from(given.query, first), from(given.key, pair.key), s, BLOCK);
    adjust(head, pair, s);
    weigh(pair, s, { logs, totals: ones });
    for (let row = 0; row < pair.rows; row++) {
      for (let at = row * BLOCK; at < row * BLOCK + pair.count; at++) totals[row]! += s[at]!;
    }
  }
  return { logs, totals: totals.map((total) => total || 1) };
}

/** Converts scores to weights in place. */
function weigh(pair: Pair, s: Float64Array, { logs, totals }: WeightSums): void {
  for (let row = 0; row < pair.rows; row++) {
    const [log, total] = [logs[row]!, totals[row]!];
    for (let at = row * BLOCK; at < row * BLOCK + pair.count; at++) {
      s[at] = s[at] === HIDDEN ? 0 : Math.exp(s[at]! - log) / total;
    }
  }
}

/** dS = P (dP - drift), in place of dP. */
function slope(pair: Pair, s: Float64Array, ds: Float64Array, drifts: Float64Array): void {
  for (let row = 0; row < pair.rows; row++) {
    for (let at = row * BLOCK; at < row * BLOCK + pair.count; at++) ds[at] = s[at]! * (ds[at]! - drifts[row]!);
  }
}

function addToBiases({ bias, relative, options }: Head, pair: Pair, ds: Float64Array, gradients: HeadGradients): void {
  if (!gradients.bias && !gradients.relative) return;
  for (let row = 0; row < pair.rows; row++) {
    for (let column = 0; column < pair.count; column++) {
      const [query, key, value] = [pair.query + row, pair.key + column, ds[row * BLOCK + column]!];
      if (bias && gradients.bias) gradients.bias[bias.start + query * bias.query + key * bias.key]! += value;
      if (relative) gradients.relative![relative.start + query - key + options.keyLength - 1]! += value;
    }
  }
}
