import type { Parameter } from '@sequitur/core';
import { AdaptiveEmbedding } from './adaptive-embedding.js';
import { AdaptiveSoftmax } from './adaptive-softmax.js';
import { type TransformerXlBlock, transformerXlBlocks } from './blocks.js';
import type { TransformerXlConfig } from './config.js';
import { storedFrequencies } from './stored-frequencies.js';

export interface TransformerXlParts {
  readonly embedding: AdaptiveEmbedding;
  readonly blocks: readonly TransformerXlBlock[];
  readonly head: AdaptiveSoftmax;
  readonly frequencies: Parameter; // [width / 2]
}

/**
 * The parts of a Transformer-XL.
 *
 * @param firstMemory the cache before the first segment: zeros, or empty; default zeros
 */
export function buildTransformerXl(
  config: TransformerXlConfig,
  firstMemory: 'zeros' | 'empty' = 'zeros',
): TransformerXlParts {
  const embedding = new AdaptiveEmbedding(config);
  return {
    embedding,
    blocks: transformerXlBlocks(config, firstMemory),
    head: new AdaptiveSoftmax(config, embedding),
    frequencies: storedFrequencies(config.width),
  };
}
