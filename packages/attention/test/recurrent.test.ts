import { mixerLaws } from '@sequitur/laws';
import { expect, it } from 'vitest';
import { InfiniAttention, LinearAttention, splitIntoSegments, TransformerXlAttention } from '../src/index.js';

const xl = { width: 8, heads: 2, headSize: 4, memoryLength: 8 };
const segments = { leftPadding: false, packing: false, gradientThroughState: false } as const;

mixerLaws(
  'Transformer-XL attention',
  () => new TransformerXlAttention({ ...xl, segmentLength: 4, truncateGradients: false }),
  { width: 8, ...segments },
);
mixerLaws(
  'Transformer-XL attention with sameLength',
  () => new TransformerXlAttention({ ...xl, memoryLength: 9, sameLength: true, clampDistance: 2 }),
  { width: 8, ...segments },
);
mixerLaws(
  'Transformer-XL attention with an empty first memory',
  () => new TransformerXlAttention({ ...xl, firstMemory: 'empty', segmentLength: 5, truncateGradients: false }),
  { width: 8, ...segments },
);
mixerLaws('Transformer-XL attention without a memory', () => new TransformerXlAttention({ ...xl, memoryLength: 0 }), {
  width: 8,
  leftPadding: false,
  packing: false,
});
mixerLaws('infini-attention', () => new InfiniAttention({ width: 8, heads: 2, segmentLength: 4 }), {
  width: 8,
  leftPadding: false,
  packing: false,
});
mixerLaws(
  'infini-attention without the delta rule',
  () => new InfiniAttention({ width: 8, heads: 2, segmentLength: 3, delta: false }),
  { width: 8, leftPadding: false, packing: false },
);
mixerLaws('linear attention', () => new LinearAttention({ width: 8, heads: 2, chunkLength: 4 }), { width: 8 });

it('splits chunks at the ends of segments, whatever the earlier chunks', () => {
  expect(splitIntoSegments(7, 2, 3)).toEqual([
    { start: 0, count: 1, ends: true },
    { start: 1, count: 3, ends: true },
    { start: 4, count: 3, ends: true },
  ]);
  expect(splitIntoSegments(2, 0, 3)).toEqual([{ start: 0, count: 2, ends: false }]);
  for (const none of [0, 2.5, Number.NaN]) expect(() => splitIntoSegments(2, 0, none)).toThrow(/integer of at least 1/);
});
