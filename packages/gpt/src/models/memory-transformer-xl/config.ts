import type { TransformerXlConfig } from '../transformer-xl/config.js';

/** The config of a Recurrent Memory Transformer on Transformer-XL (Bulatov et al. 2022). */
export interface MemoryTransformerXlConfig extends TransformerXlConfig {
  /** Whether all blocks share the biases of the scores; default true. */
  readonly sharedScoreBiases?: boolean;
  readonly segmentLength: number;
  readonly memoryTokens: number;
  /** Whether memory is written by tokens after the segment (the default) or before it. */
  readonly memoryAtEnd?: boolean;
  /** Whether memory tokens attend to the cache of earlier segments; default false. */
  readonly memorySeesCache?: boolean;
}
