import type { Architecture, Cost } from '@sequitur/core';
import { Bert } from './bert.js';
import { type BertConfig, bertPresets } from './config.js';
import { bertFamily, distilbertFamily, type EncoderFamily, robertaFamily } from './families/index.js';
import { noHead } from './heads/no-head.js';

const roberta = { modelType: 'roberta', vocabularySize: 50265, contextLength: 512, segments: 1, paddingToken: 1 };
const distilbert = { modelType: 'distilbert', vocabularySize: 30522, contextLength: 512, segments: 0 };

/** BERT's encoder as a value, for lists that compare architectures. */
export const bert = architecture(bertFamily, bertPresets);

/** RoBERTa's encoder as a value. */
export const robertaEncoder = architecture(robertaFamily, {
  base: { ...roberta, width: 768, depth: 12, heads: 12, normEpsilon: 1e-5 },
  large: { ...roberta, width: 1024, depth: 24, heads: 16, normEpsilon: 1e-5 },
});

/** DistilBERT's encoder as a value. */
export const distilbertEncoder = architecture(distilbertFamily, {
  base: { ...distilbert, width: 768, depth: 6, heads: 12 },
});

function architecture(
  family: EncoderFamily,
  presets: Readonly<Record<string, BertConfig>>,
): Architecture<BertConfig, 'encoder'> {
  return {
    name: family.modelType,
    kind: 'encoder',
    presets,
    create: (config) => new Bert(config, family, noHead()),
    cost: encoderCost,
  };
}

/** Of the encoder alone. Counts products only: the rest is a small share that falls with the width. */
export function encoderCost(config: BertConfig, length: number): Cost {
  const { vocabularySize, contextLength, width, depth, heads, hiddenWidth = 4 * width } = config;
  const { segments = 2, positions = 'absolute', modelType, paddingToken = 1 } = config;
  const rows = vocabularySize + contextLength + segments + (modelType === 'roberta' ? paddingToken + 1 : 0);
  const distances = positions === 'absolute' ? 0 : (2 * contextLength - 1) * (width / heads);
  const attention = 4 * (width * width + width) + distances;
  const feedForward = 2 * width * hiddenWidth + hiddenWidth + width;
  const compared = { absolute: 0, relativeKey: 1, relativeKeyQuery: 2 }[positions];
  const perToken = depth * (4 * width * width + 2 * width * hiddenWidth);
  return {
    parameters: rows * width + 2 * width + depth * (attention + feedForward + 4 * width),
    flops: 2 * (length * perToken + depth * (2 + compared) * width * length * length),
    stateBytes: 0,
  };
}
