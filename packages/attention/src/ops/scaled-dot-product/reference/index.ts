import type { OpInputs } from '@sequitur/core';
import { add, concat, pad, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { ResolvedOptions } from '../options.js';
import { type AttentionInputs, attentionReference } from './forward.js';
import { attentionGradientReference } from './gradient.js';
import { along, ofBlock, type QueryBlock, queryBlocks } from './query-blocks.js';

/** The reference holds at most this many scores at once. */
const MOST_SCORES = 2 ** 26;

/**
 * `attentionReference`, a block of queries at a time for long sequences, so that calls without a kernel take no memory
 * that grows with the square of the length. With dropout, whose random bits are indexed over all pairs, it runs in one
 * block.
 */
export function referenceByBlocks(given: OpInputs, options: ResolvedOptions, mostScores = MOST_SCORES): Tensor[] {
  const inputs = given as unknown as AttentionInputs;
  const blocks = queryBlocks(inputs.query, options.keyLength, mostScores);
  if (blocks.length === 1 || options.dropout) return attentionReference(inputs, options);
  const parts = blocks.map((block) => attentionReference(ofBlock(inputs, block), placed(options, block)));
  return [
    concat(
      parts.map(([output]) => output),
      1,
    ),
    concat(
      parts.map(([, logSumExp]) => logSumExp),
      2,
    ),
  ];
}

/** `attentionGradientReference`, by blocks of queries. */
export function gradientByBlocks(given: OpInputs, options: ResolvedOptions, mostScores = MOST_SCORES): Tensor[] {
  const inputs = given as unknown as AttentionInputs;
  const blocks = queryBlocks(inputs.query, options.keyLength, mostScores);
  if (blocks.length === 1 || options.dropout) return attentionGradientReference(given, options);
  const { dy, dlogSumExp } = given;
  const parts = blocks.map((block) =>
    tidy(() => {
      const backwards = { dy: along(dy!, 1, block), dlogSumExp: along(dlogSumExp!, 2, block) };
      return attentionGradientReference(
        { ...ofBlock(inputs, block), ...backwards } as OpInputs,
        placed(options, block),
      );
    }),
  );
  const column = (index: number) => parts.map((part) => part[index]!);
  const all = [concat(column(0), 1), sum(column(1)), sum(column(2))];
  const { bias, relative } = inputs;
  const ofBias = bias && options.biasGradient;
  if (ofBias) all.push(bias.shape[2] === 1 ? sum(column(3)) : concat(column(3), 2));
  if (relative) all.push(sum(column(ofBias ? 4 : 3).map((part, index) => among(part, relative, blocks[index]!))));
  return all;
}

function placed(options: ResolvedOptions, { start }: QueryBlock): ResolvedOptions {
  return { ...options, offset: options.offset + start };
}

/** The gradient of one block's distances placed among those of all, zeros elsewhere: [heads, distances]. */
function among(part: Tensor, { shape }: Tensor, { start }: QueryBlock): Tensor {
  return pad(part, [
    [0, 0],
    [start, shape[1]! - start - part.shape[1]!],
  ]);
}

function sum(parts: readonly Tensor[]): Tensor {
  return tidy(() => parts.reduce((total, part) => add(total, part)));
}
