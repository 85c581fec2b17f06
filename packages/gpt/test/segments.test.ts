import { causalModelLaws } from '@sequitur/laws';
import { MemoryTransformerXl, TransformerXl, type TransformerXlConfig } from '../src/index.js';

const shape: TransformerXlConfig = {
  vocabularySize: 19,
  width: 8,
  depth: 2,
  heads: 2,
  headSize: 4,
  hiddenWidth: 12,
  memoryLength: 4,
};

// What comes from an earlier segment is a constant: gradients are compared within one. A difference may straddle a corner of
// the ReLU, where it is no derivative.
const segments = {
  leftPadding: false,
  packing: false,
  gradientThroughState: false,
  length: 8,
  gradientTolerance: 0.03,
} as const;

causalModelLaws(
  'Transformer-XL with clusters of tokens',
  () =>
    new TransformerXl({
      ...shape,
      segmentLength: 8,
      cutoffs: [5, 11],
      divisor: 2,
      tiedProjections: [false, true, true],
    }),
  segments,
);
causalModelLaws(
  'Transformer-XL with norms first',
  () => new TransformerXl({ ...shape, segmentLength: 8, normFirst: true }),
  segments,
);
causalModelLaws(
  'recurrent memory on Transformer-XL',
  () => new MemoryTransformerXl({ ...shape, memoryLength: 0, segmentLength: 3, memoryTokens: 2 }),
  { ...segments, gradientThroughState: true },
);
