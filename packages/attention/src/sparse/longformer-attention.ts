import { embed, SequiturError } from '@sequitur/core';
import {
  add,
  concat,
  expandDims,
  matMul,
  mul,
  reshape,
  slice,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { type AttentionOptions, attention } from '../ops/scaled-dot-product/index.js';
import { either, full, globalTokens, type Pattern, slidingWindow } from '../patterns/index.js';

/** float32 [batch, length, heads, headSize] each. */
export interface Projections {
  readonly query: Tensor4D;
  readonly key: Tensor4D;
  readonly value: Tensor4D;
}

export interface LongformerOptions extends Pick<AttentionOptions, 'scale' | 'dropout'> {
  /** Window size of both sides together: half of the keys to the left, half to the right. */
  readonly window: number;
  /** The positions of the global tokens of each row of the batch; absent: none. */
  readonly globals?: readonly (readonly number[])[] | undefined;
  /** Padding mask, float32 [batch, length], 0 at padding; padding neither attends nor is attended to. */
  readonly attentionMask?: Tensor2D | undefined;
}

/**
 * Longformer attention: a sliding window, and global tokens that attend to all positions and are attended to by all
 * (Beltagy et al. 2020, section 3.1). Global tokens have separate projections. Time and memory are linear in the
 * length.
 *
 * @param local projections of all tokens
 * @param global projections for the attention of global tokens; required where there are any
 * @returns float32 [batch, length, heads, headSize], zeros at padding; the caller disposes it
 */
export function longformerAttention(local: Projections, global: Projections, options: LongformerOptions): Tensor4D {
  const [batch, length] = local.query.shape;
  const globals = (options.globals ?? []).map((positions) => resolved(positions, length));
  return tidy(() => {
    if (globals.every((positions) => positions.length === 0)) return visibleRows(inWindow(local, [], options), options);
    const rows = Array.from({ length: batch }, (_, row) => {
      const ofRow = { ...options, ...partsOfRow(options, row) };
      const positions = globals[row] ?? [];
      const windowed = inWindow(rowOf(local, row), positions, ofRow);
      return positions.length
        ? replaced(windowed, positions, fromGlobals(rowOf(global, row), positions, ofRow))
        : windowed;
    });
    return visibleRows(concat(rows, 0), options);
  });
}

/** Sorted positions without duplicates. */
function resolved(positions: readonly number[], length: number): readonly number[] {
  for (const position of positions) {
    if (Number.isInteger(position) && position >= 0 && position < length) continue;
    throw new SequiturError({
      where: 'longformerAttention, globals',
      expected: `positions from 0 to ${length - 1}`,
      got: String(position),
    });
  }
  return [...new Set(positions)].sort((a, b) => a - b);
}

/** The pattern of each token: the window, and the global tokens. */
export function longformerPattern(window: number, globals: readonly number[]): Pattern {
  const side = slidingWindow({ left: Math.floor(window / 2), right: Math.floor(window / 2) });
  return globals.length ? either(side, globalTokens(globals)) : side;
}

function inWindow(
  { query, key, value }: Projections,
  globals: readonly number[],
  options: LongformerOptions,
): Tensor4D {
  const { window, scale, attentionMask, dropout } = options;
  return attention(query, key, value, { pattern: longformerPattern(window, globals), scale, attentionMask, dropout });
}

/** The output of the global tokens of one row: [1, globals, heads, headSize]. */
function fromGlobals(
  { query, key, value }: Projections,
  globals: readonly number[],
  options: LongformerOptions,
): Tensor4D {
  const { scale, attentionMask, dropout } = options;
  const [, length, heads, headSize] = query.shape;
  const rows = embed(reshape(query, [length, heads * headSize]) as Tensor2D, tensor1d([...globals], 'int32'));
  const asking = reshape(rows, [1, globals.length, heads, headSize]) as Tensor4D;
  const other = dropout && { ...dropout, seed: (dropout.seed ^ 0x9e3779b9) >>> 0 };
  return attention(asking, key, value, { pattern: full(), scale, attentionMask, dropout: other });
}

/** `x` [1, length, heads, size] with the rows at `positions` replaced by `others` [1, positions, heads, size]. */
function replaced(x: Tensor4D, positions: readonly number[], others: Tensor4D): Tensor4D {
  const [, length, heads, size] = x.shape;
  const places = new Float32Array(length * positions.length);
  for (const [index, position] of positions.entries()) places[position * positions.length + index] = 1;
  const placing = tensor2d(places, [length, positions.length]);
  const placed = matMul(placing, reshape(others, [positions.length, heads * size]) as Tensor2D);
  const kept = reshape(sub(1, sum(placing, 1)), [1, length, 1, 1]);
  return add(mul(x, kept), reshape(placed, x.shape));
}

function visibleRows(x: Tensor4D, { attentionMask }: LongformerOptions): Tensor4D {
  return attentionMask ? mul(x, expandDims(expandDims(attentionMask, -1), -1)) : x;
}

function rowOf({ query, key, value }: Projections, row: number): Projections {
  const of = (x: Tensor4D) => slice(x, [row, 0, 0, 0], [1, ...x.shape.slice(1)]) as Tensor4D;
  return { query: of(query), key: of(key), value: of(value) };
}

function partsOfRow({ attentionMask, dropout }: LongformerOptions, row: number) {
  return {
    attentionMask: attentionMask && (slice(attentionMask as Tensor, [row, 0], [1, attentionMask.shape[1]]) as Tensor2D),
    dropout: dropout && { ...dropout, seed: (dropout.seed + row) % 2 ** 32 },
  };
}
