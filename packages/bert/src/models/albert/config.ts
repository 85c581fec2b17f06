import type { BertConfig } from '../../config.js';

/** The config of an ALBERT (Lan et al. 2020): BERT whose blocks are passed several times. */
export interface AlbertConfig extends BertConfig {
  /** Groups of blocks, which the passes are spread over; default 1. */
  readonly groups?: number;
  /** Blocks in each group, all of which a pass reads; default 1. */
  readonly blocksPerGroup?: number;
}

const published = { modelType: 'albert', vocabularySize: 30000, contextLength: 512, embeddingWidth: 128 };

/** Published sizes. */
export const albertPresets = {
  base: { ...published, width: 768, depth: 12, heads: 12, hiddenWidth: 3072, activation: 'gelu_new' },
  large: { ...published, width: 1024, depth: 24, heads: 16, hiddenWidth: 4096, activation: 'gelu_new' },
} as const satisfies Record<string, AlbertConfig>;

/** The block of each pass: pass p reads the blocks of group floor(p / (depth / groups)). */
export function passesOf({ depth, groups = 1, blocksPerGroup = 1 }: AlbertConfig): number[] {
  const group = (pass: number) => Math.trunc(pass / (depth / groups));
  return Array.from({ length: depth * blocksPerGroup }, (_, step) => {
    return group(Math.floor(step / blocksPerGroup)) * blocksPerGroup + (step % blocksPerGroup);
  });
}
