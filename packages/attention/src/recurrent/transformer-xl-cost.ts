import { type Linear, linearFlops, type PartCost } from '@sequitur/core';
import { attentionFlops, attentionGradientFlops } from '../attention-cost.js';
import { visiblePairs } from '../patterns/index.js';
import { splitIntoSegments } from './segments.js';
import { patternOf, segmentLengthOf, type TransformerXlAttentionOptions } from './transformer-xl-options.js';

/** Operations per key, and per distance. */
interface Projections {
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly distance: Linear;
  readonly output: Linear;
}

/** Cost of `length` tokens of one sequence after `seen` earlier ones, segment by segment. */
export function transformerXlCost(
  projections: Projections,
  options: TransformerXlAttentionOptions,
  length: number,
  seen: number,
): PartCost {
  const { width, memoryLength, firstMemory = 'zeros' } = options;
  const segmentLength = segmentLengthOf(options);
  const first = firstMemory === 'zeros' ? memoryLength : 0;
  const memoryAt = (position: number) => {
    return Math.min(memoryLength, first + Math.floor(position / segmentLength) * segmentLength);
  };
  let [flops, gradientFlops] = [0, 0];
  for (const { start, count } of splitIntoSegments(length, seen % segmentLength, segmentLength)) {
    const before = memoryAt(seen + start) + ((seen + start) % segmentLength);
    const piece = pieceFlops(projections, options, count, before);
    flops += piece.flops;
    gradientFlops += piece.gradientFlops;
  }
  const end = seen + length;
  return { flops, gradientFlops, stateBytes: 4 * width * (memoryAt(end) + (end % segmentLength)) };
}

/** Operations of `count` queries that attend to themselves and to `before` earlier positions. */
function pieceFlops(
  { query, key, value, distance, output }: Projections,
  options: TransformerXlAttentionOptions,
  count: number,
  before: number,
) {
  const { heads, headSize } = options;
  const sizes = { headSize, valueSize: headSize };
  const keys = before + count;
  const projected = linearFlops(query, count) + linearFlops(output, count);
  const ofKeys = linearFlops(key, keys) + linearFlops(value, keys);
  const byDistance = 2 * heads * count * keys * headSize;
  const distances = linearFlops(distance, keys);
  const pairs = heads * visiblePairs(patternOf(options), count, before);
  return {
    flops: projected + ofKeys + distances + byDistance + pairs * attentionFlops(sizes),
    // Distances are constants: their encoding gets no gradient.
    gradientFlops: 2 * (projected + ofKeys + byDistance) + distances + pairs * attentionGradientFlops(sizes),
  };
}
