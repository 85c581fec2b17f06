import type { BertConfig } from '../../config.js';

const published = { modelType: 'bert', vocabularySize: 30522, contextLength: 512 };

/** Published sizes by name. */
export const bertPresets = {
  tiny: { ...published, width: 128, depth: 2, heads: 2 },
  mini: { ...published, width: 256, depth: 4, heads: 4 },
  small: { ...published, width: 512, depth: 4, heads: 8 },
  medium: { ...published, width: 512, depth: 8, heads: 8 },
  base: { ...published, width: 768, depth: 12, heads: 12 },
  large: { ...published, width: 1024, depth: 24, heads: 16 },
} as const satisfies Record<string, BertConfig>;
