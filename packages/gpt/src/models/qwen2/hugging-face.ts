import { SequiturError } from '@sequitur/core';
import { type AttributeTable, aBoolean, anInteger, type ReadAttribute, texts } from '@sequitur/pretrained';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { buildQwen2 } from './build.js';
import { type Qwen2Config, qwen2Presets } from './config.js';

/** The windows of late blocks: Qwen2 counts them from `max_window_layers` on. */
const windows: AttributeTable<Pick<Qwen2Config, 'window' | 'firstWindowedBlock'>> = {
  read: (json) => {
    const used = json.take('use_sliding_window', aBoolean, false);
    const window = json.has('sliding_window') ? json.maybe('sliding_window', anInteger()) : 4096;
    const firstWindowedBlock = json.take('max_window_layers', anInteger(0), 28);
    const windowed = used && window !== undefined;
    const isWindowed = (block: number) => windowed && block >= firstWindowedBlock;
    json.maybe('layer_types', sameKinds(isWindowed));
    return windowed ? { window, firstWindowedBlock } : {};
  },
  write: ({ window, firstWindowedBlock = 0 }) => ({
    use_sliding_window: window !== undefined,
    sliding_window: window ?? null,
    max_window_layers: window === undefined ? 28 : firstWindowedBlock,
  }),
};

/** Checks the kinds of blocks in newer configs against the other attributes. */
function sameKinds(isWindowed: (block: number) => boolean): ReadAttribute<null> {
  return (value, where) => {
    const kinds = texts(value, where);
    const wanted = kinds.map((_, block) => (isWindowed(block) ? 'sliding_attention' : 'full_attention'));
    if (kinds.every((kind, block) => kind === wanted[block])) return null;
    const expected = `${wanted.join(', ')}, as use_sliding_window and max_window_layers say`;
    throw new SequiturError({ where, expected, got: kinds.join(', ') });
  };
}

/** Qwen2 (Yang et al. 2024). */
export const qwen2Family = llamaLikeFamily<Qwen2Config>({
  modelType: 'qwen2',
  name: 'Qwen2',
  presets: qwen2Presets,
  defaults: {
    ...{ vocabularySize: 151936, width: 4096, hiddenWidth: 22016, depth: 32, heads: 32, keyHeads: 32 },
    contextLength: 32768,
  },
  attributes: [windows],
  build: (config) => buildQwen2(config),
});
