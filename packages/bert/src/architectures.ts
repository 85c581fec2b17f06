import type { Architecture, Cost } from '@sequitur/core';
import { Bert } from './bert.js';
import type { BigBirdConfig } from './big-bird/config.js';
import { type BertConfig, bertPresets } from './config.js';
import {
  bertFamily,
  bigBirdFamily,
  distilbertFamily,
  type EncoderFamily,
  longformerFamily,
  robertaFamily,
} from './families/index.js';
import type { Head } from './heads/head.js';
import { noHead } from './heads/no-head.js';
import type { LongformerConfig } from './longformer/config.js';

const roberta = { modelType: 'roberta', vocabularySize: 50265, contextLength: 512, tokenTypeCount: 1, paddingToken: 1 };
const distilbert = { modelType: 'distilbert', vocabularySize: 30522, contextLength: 512, tokenTypeCount: 0 };

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

/** Longformer's encoder as a value. */
export const longformerEncoder: Architecture<LongformerConfig, 'encoder'> = {
  name: 'longformer',
  kind: 'encoder',
  presets: {
    base: {
      ...{ ...roberta, modelType: 'longformer', contextLength: 4096, width: 768, depth: 12, heads: 12 },
      ...{ normEpsilon: 1e-5, windows: new Array<number>(12).fill(512) },
    },
  },
  create: (config) => new Bert<Head>(config, longformerFamily, noHead()),
  cost: (config, length) => {
    const { width, depth, windows } = config;
    const dense = encoderCost({ ...config, modelType: 'roberta' }, length);
    // Without global tokens: a token sees a window, and the global projections are not used.
    const seen = windows.reduce((sum, window) => sum + pairsInWindow(length, window), 0);
    return {
      parameters: dense.parameters + depth * 3 * (width * width + width),
      flops: dense.flops - 4 * width * (depth * length * length - seen),
      stateBytes: 0,
    };
  },
};

/** BigBird's encoder as a value. */
export const bigBirdEncoder: Architecture<BigBirdConfig, 'encoder'> = {
  name: 'big_bird',
  kind: 'encoder',
  presets: {
    base: {
      ...{ modelType: 'big_bird', vocabularySize: 50358, contextLength: 4096, width: 768, depth: 12, heads: 12 },
      ...{ activation: 'gelu_new', blockSize: 64, randomBlocks: 3 },
    },
  },
  create: (config) => new Bert<Head>(config, bigBirdFamily, noHead()),
  cost: (config, length) => {
    const { width, depth, blockSize, randomBlocks, attentionBias = true, sparse = true } = config;
    const dense = encoderCost(config, length);
    const unused = width * width + width; // the pooler, which every class stores
    const parameters = dense.parameters + unused - (attentionBias ? 0 : 3 * depth * width);
    if (!sparse || length <= (5 + 2 * randomBlocks) * blockSize) return { ...dense, parameters };
    const whole = Math.ceil(length / blockSize) * blockSize;
    const filled = encoderCost(config, whole);
    // The first and the last block see all; those between five blocks, one less beside the ends, and block 0 again.
    const seen = 2 * blockSize * whole + (5 * (whole / blockSize - 2) - 2) * blockSize * blockSize;
    return { parameters, flops: filled.flops - 4 * width * depth * (whole * whole - seen), stateBytes: 0 };
  },
};

/** How many pairs of tokens are at most half a window apart. */
function pairsInWindow(length: number, window: number): number {
  const half = Math.min(window / 2, length - 1);
  return length * (2 * half + 1) - half * (half + 1);
}

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
  const { tokenTypeCount = 2, positions = 'absolute', modelType, paddingToken } = config;
  const places = contextLength + (modelType === 'roberta' ? (paddingToken ?? 1) + 1 : 0);
  const rows = vocabularySize + places + tokenTypeCount;
  const distances = positions === 'absolute' ? 0 : (2 * places - 1) * (width / heads);
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
