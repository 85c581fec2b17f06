import type { BlockSpec, ModelSpec } from '../protocol/recipe.js';

/** A column that one can begin with. */
export interface Preset {
  readonly name: string;
  /** One sentence for the menu. */
  readonly says: string;
  readonly blocks: readonly BlockSpec[];
}

const block = (kind: string, settings: BlockSpec['settings'] = {}): BlockSpec => ({ kind, settings });
const times = (count: number, ...blocks: readonly BlockSpec[]) => Array.from({ length: count }, () => blocks).flat();

const dense = block('attention', { heads: 4 });

/** Each about as large as the first at a width of 64 and a thousand tokens. */
export const presets: readonly Preset[] = [
  { name: 'GPT', says: 'Attention that sees every token before.', blocks: times(4, dense) },
  {
    name: 'Sliding-window GPT',
    says: 'Attention that sees the last 32 tokens.',
    blocks: times(4, block('attention', { heads: 4, pattern: 'sliding', window: 32 })),
  },
  { name: 'Mamba', says: 'A state of fixed size in the place of attention.', blocks: times(6, block('mamba')) },
  {
    name: 'Attention + Mamba',
    says: 'A hybrid: mostly state, now and then a look back.',
    blocks: [block('mamba'), dense, block('mamba'), dense, block('mamba')],
  },
  { name: 'Mamba-2', says: 'States that are computed as products.', blocks: times(7, block('mamba2')) },
  {
    name: 'Linear attention',
    says: 'One matrix remembers all.',
    blocks: times(4, block('linear-attention', { heads: 4 })),
  },
  {
    name: 'Infini-attention',
    says: 'Segments, and a compressed memory.',
    blocks: times(4, block('infini-attention', { heads: 4 })),
  },
  {
    name: 'Transformer-XL',
    says: 'Segments that see the one before.',
    blocks: times(4, block('transformer-xl-attention', { heads: 4 })),
  },
  { name: 'S4D', says: 'A state without selection.', blocks: times(16, block('s4d')) },
  { name: 'LSTM', says: 'What was there before all these.', blocks: times(5, block('lstm')) },
  { name: 'GRU', says: 'The LSTM’s smaller relative.', blocks: times(7, block('gru')) },
  { name: 'minGRU', says: 'A GRU that trains in parallel.', blocks: times(8, block('min-gru', { hiddenWidth: 128 })) },
];

/** A new column like the preset, of this width. */
export function specOf(preset: Preset, width: number): ModelSpec {
  return { name: preset.name, width, blocks: preset.blocks };
}
