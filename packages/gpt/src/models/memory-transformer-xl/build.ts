import { normal, Parameter, SequiturError } from '@sequitur/core';
import { buildTransformerXl, type TransformerXlParts } from '../transformer-xl/build.js';
import type { MemoryTransformerXlConfig } from './config.js';

export interface MemoryTransformerXlParts extends TransformerXlParts {
  readonly memory: Parameter; // [memoryTokens, width]
}

/** The parts of a Transformer-XL with memory tokens. */
export function buildMemoryTransformerXl(config: MemoryTransformerXlConfig): MemoryTransformerXlParts {
  if (config.sameLength) {
    throw new SequiturError({
      where: 'MemoryTransformerXl',
      expected: 'sameLength false',
      got: 'true, with which memory tokens would not see one another',
    });
  }
  const memory = new Parameter([config.memoryTokens, config.width], normal(1));
  return { memory, ...buildTransformerXl(withSharedBiases(config), 'empty') };
}

/** The config with its default: all blocks share the biases of the scores. */
export function withSharedBiases(config: MemoryTransformerXlConfig): MemoryTransformerXlConfig {
  return { sharedScoreBiases: true, ...config };
}
