import type { BlockSpec, ModelSpec } from '../protocol/recipe.js';

/** A predefined model. */
export interface Preset {
  readonly name: string;
  /** One sentence for the menu. */
  readonly says: string;
  readonly blocks: readonly BlockSpec[];
}

const block = (kind: string, settings: BlockSpec['settings'] = {}): BlockSpec => ({ kind, settings });
const times = (count: number, ...blocks: readonly BlockSpec[]) => Array.from({ length: count }, () => blocks).flat();

const dense = block('attention', { heads: 4 });

/** Each has about as many parameters as the first, at width 64 and a vocabulary of a thousand tokens. */
export const presets: readonly Preset[] = [
  { name: 'GPT', says: 'Attention to every earlier token.', blocks: times(4, dense) },
  {
    name: 'Sliding-window GPT',
    says: 'Attention to the last 32 tokens.',
    blocks: times(4, block('attention', { heads: 4, pattern: 'sliding', window: 32 })),
  },
  { name: 'Mamba', says: 'A state of fixed size instead of attention.', blocks: times(6, block('mamba')) },
  {
    name: 'Attention + Mamba',
    says: 'A hybrid: mostly state, with some attention.',
    blocks: [block('mamba'), dense, block('mamba'), dense, block('mamba')],
  },
  { name: 'Mamba-2', says: 'States computed by matrix products.', blocks: times(7, block('mamba2')) },
  {
    name: 'Linear attention',
    says: 'One matrix per head as the state.',
    blocks: times(4, block('linear-attention', { heads: 4 })),
  },
  {
    name: 'Infini-attention',
    says: 'Segments with a compressive memory.',
    blocks: times(4, block('infini-attention', { heads: 4 })),
  },
  {
    name: 'Transformer-XL',
    says: 'Segments that attend to the previous one.',
    blocks: times(4, block('transformer-xl-attention', { heads: 4 })),
  },
  { name: 'S4D', says: 'A state without selection.', blocks: times(16, block('s4d')) },
  { name: 'LSTM', says: 'The classic recurrent network.', blocks: times(5, block('lstm')) },
  { name: 'GRU', says: 'A smaller relative of the LSTM.', blocks: times(7, block('gru')) },
  { name: 'minGRU', says: 'A GRU that trains in parallel.', blocks: times(8, block('min-gru', { hiddenWidth: 128 })) },
];

/** A new model from the preset, with this width. */
export function specOf(preset: Preset, width: number): ModelSpec {
  return { name: preset.name, width, blocks: preset.blocks };
}
