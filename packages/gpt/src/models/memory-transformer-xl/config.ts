import type { TransformerXlConfig } from '../transformer-xl/config.js';

/** The shape of a Recurrent Memory Transformer on Transformer-XL. */
export interface MemoryTransformerXlConfig extends TransformerXlConfig {
  readonly segmentLength: number;
  readonly memoryTokens: number;
  /** The memory is written by tokens after the segment (the default), or by those before it. */
  readonly memoryAtEnd?: boolean;
  /** Memory tokens see the cache of earlier segments; default false. */
  readonly memorySeesCache?: boolean;
}
