import { expectNumber, expectTensor, SequiturError, showShape } from '@sequitur/core';
import { reshape, type Tensor } from '@tensorflow/tfjs-core';
import { type Evicted, isCausal, type Pattern } from '../../../patterns/index.js';
import { alibiValues, symmetricAlibiValues } from './alibi-values.js';
import { bucketValues, relativeValues } from './bucket-values.js';
import type { ScoreBias } from './score-bias.js';

/** A bias as the tensors that kernels read. */
export interface BiasTensors {
  /** float32 of rank 4 that broadcasts to [batch, heads, queries, keyLength]. */
  readonly bias?: Tensor;
  /** A bias by distance, float32 [heads, queries + keyLength - 1]: see `relativeValues`. */
  readonly relative?: Tensor;
}

/** The shapes and positions that a bias is computed for. */
export interface BiasPlace {
  readonly batch: number;
  readonly heads: number;
  readonly queries: number;
  readonly keyLength: number;
  readonly offset: number;
  readonly patterns: readonly Pattern[];
  readonly evicted?: Evicted | undefined;
  readonly attentionMask?: Tensor | undefined;
}

/** Converts a bias to tensors, by differentiable operations. */
export function biasTensors(bias: ScoreBias | undefined, place: BiasPlace): BiasTensors {
  if (!bias) return {};
  const { batch, heads, queries, keyLength, offset, evicted } = place;
  switch (bias.kind) {
    case 'tensor':
      return { bias: toRank4(bias.values, [batch, heads, queries, keyLength]) };
    case 'alibi':
      expectNumber(
        'attention, slopes of the bias',
        bias.slopes.length,
        `one for each of ${heads} heads`,
        (n) => n === heads,
      );
      return { bias: alibiOf(bias.slopes, place) };
    case 'buckets':
      expectTensor('attention, table of the bias', bias.table, { shape: [bias.table.shape[0]!, heads] });
      if (!evicted?.count) return { relative: relativeValues(bias, queries, keyLength, offset) };
      return { bias: bucketValues(bias, queries, positionsOfKeys(keyLength, evicted), offset) };
    default:
      throw new SequiturError({
        where: 'attention, bias',
        expected: 'a kind of tensor, alibi or buckets',
        got: String((bias as ScoreBias).kind),
      });
  }
}

/** A term that is equal for all keys of a query cancels in the softmax, so causal queries need only key positions. */
function alibiOf(slopes: readonly number[], place: BiasPlace): Tensor {
  const { attentionMask, keyLength, evicted, patterns } = place;
  const keys = { attentionMask, positions: positionsOfKeys(keyLength, evicted) };
  if (patterns.every(isCausal)) return alibiValues(slopes, keys);
  return symmetricAlibiValues(slopes, keys, { ...place, evicted: evicted?.count ?? 0 });
}

function positionsOfKeys(keyLength: number, evicted: Evicted | undefined): number[] {
  const { from, count } = evicted ?? { from: 0, count: 0 };
  return Array.from({ length: keyLength }, (_, slot) => (slot < from ? slot : slot + count));
}

function toRank4(values: Tensor, wanted: readonly number[]): Tensor {
  expectTensor('attention, values of the bias', values);
  const shape = [...new Array(Math.max(0, 4 - values.rank)).fill(1), ...values.shape];
  if (shape.length !== 4 || shape.some((size, axis) => size !== 1 && size !== wanted[axis])) {
    throw new SequiturError({
      where: 'attention, values of the bias',
      expected: `a shape that broadcasts to [${wanted.join(', ')}]`,
      got: showShape(values.shape),
    });
  }
  return values.rank === 4 ? values : reshape(values, shape);
}
